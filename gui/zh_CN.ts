<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
    <context>
        <name>BytesPanel</name>
        <message>
            <source>The frame as it came in</source>
            <translation>到达时的帧</translation>
        </message>
        <message>
            <source>The frame as it left</source>
            <translation>离开时的帧</translation>
        </message>
    </context>
    <context>
        <name>ChartsPanel</name>
        <message>
            <source>reading...</source>
            <translation>正在读取……</translation>
        </message>
        <message>
            <source>This run has no requests.</source>
            <translation>这次运行没有请求。</translation>
        </message>
        <message>
            <source>Requests</source>
            <translation>请求</translation>
        </message>
        <message>
            <source>requests/s</source>
            <translation>请求/秒</translation>
        </message>
        <message>
            <source>Connections (dashed: inactive)</source>
            <translation>连接（虚线：非活动）</translation>
        </message>
        <message>
            <source>connections</source>
            <translation>连接数</translation>
        </message>
        <message>
            <source>time (s)</source>
            <translation>时间（秒）</translation>
        </message>
        <message>
            <source>inactive</source>
            <translation>非活动</translation>
        </message>
        <message>
            <source>Mean latency</source>
            <translation>平均延迟</translation>
        </message>
        <message>
            <source>Latency percentiles</source>
            <translation>延迟百分位</translation>
        </message>
        <message>
            <source>percentile</source>
            <translation>百分位</translation>
        </message>
        <message>
            <source>all</source>
            <translation>全部</translation>
        </message>
        <message>
            <source>Share of requests</source>
            <translation>请求份额</translation>
        </message>
        <message>
            <source>All charts</source>
            <translation>全部图表</translation>
        </message>
        <message>
            <source>Connections</source>
            <translation>连接</translation>
        </message>
    </context>
    <context>
        <name>Comparison</name>
        <message>
            <source>The file is too large.</source>
            <translation>文件太大。</translation>
        </message>
        <message>
            <source>This is no result of lvslab compare.</source>
            <translation>这不是 lvslab compare 的结果。</translation>
        </message>
    </context>
    <context>
        <name>ComparisonPanel</name>
        <message>
            <source>Open a compare.json that lvslab compare --out wrote (Ctrl+O).</source>
            <translation>请打开 lvslab compare --out 写出的 compare.json（Ctrl+O）。</translation>
        </message>
        <message>
            <source> (interrupted)</source>
            <translation>（已中断）</translation>
        </message>
        <message>
            <source>better</source>
            <translation>更好</translation>
        </message>
        <message>
            <source>worse</source>
            <translation>更差</translation>
        </message>
        <message>
            <source>not distinguishable</source>
            <translation>无法区分</translation>
        </message>
        <message>
            <source>within the threshold</source>
            <translation>在阈值之内</translation>
        </message>
        <message>
            <source>baseline</source>
            <translation>基准</translation>
        </message>
        <message>
            <source>%1, with intervals of %2 %</source>
            <translation>%1，含 %2 % 置信区间</translation>
        </message>
        <message>
            <source>Answered within</source>
            <translation>在此时间内得到应答的请求比例</translation>
        </message>
        <message>
            <source>Cell</source>
            <translation>单元</translation>
        </message>
        <message>
            <source>Traffic</source>
            <translation>流量</translation>
        </message>
        <message>
            <source>Metric</source>
            <translation>指标</translation>
        </message>
        <message>
            <source>Mean</source>
            <translation>均值</translation>
        </message>
        <message>
            <source>Runs</source>
            <translation>运行次数</translation>
        </message>
        <message>
            <source>Difference</source>
            <translation>差值</translation>
        </message>
        <message>
            <source>Relative</source>
            <translation>相对</translation>
        </message>
        <message>
            <source>p (Holm)</source>
            <translation>p（Holm）</translation>
        </message>
        <message>
            <source>Verdict</source>
            <translation>结论</translation>
        </message>
        <message>
            <source>Comparison</source>
            <translation>对比</translation>
        </message>
    </context>
    <context>
        <name>Document</name>
        <message>
            <source>The file is larger than 4 MiB: no scenario.</source>
            <translation>文件大于 4 MiB：不是场景。</translation>
        </message>
        <message>
            <source>The file is neither a recording nor a scenario.</source>
            <translation>该文件既不是记录也不是场景。</translation>
        </message>
    </context>
    <context>
        <name>EventsModel</name>
        <message>
            <source>No.</source>
            <translation>序号</translation>
        </message>
        <message>
            <source>Time (s)</source>
            <translation>时间（秒）</translation>
        </message>
        <message>
            <source>Delta</source>
            <translation>间隔</translation>
        </message>
        <message>
            <source>Node</source>
            <translation>节点</translation>
        </message>
        <message>
            <source>Stage</source>
            <translation>阶段</translation>
        </message>
        <message>
            <source>Type</source>
            <translation>类型</translation>
        </message>
        <message>
            <source>Source</source>
            <translation>源</translation>
        </message>
        <message>
            <source>Destination</source>
            <translation>目的</translation>
        </message>
        <message>
            <source>Info</source>
            <translation>信息</translation>
        </message>
    </context>
    <context>
        <name>EventsPanel</name>
        <message>
            <source>Display filter, as in Wireshark: tcp.flags.syn == 1, arp, node == lvs, conn == web/1, dropped, note == ipvs-picked, info contains "rr"</source>
            <translation>显示过滤器，与 Wireshark 相同：tcp.flags.syn == 1、arp、node == lvs、conn == web/1、dropped、note == ipvs-picked、info contains "rr"</translation>
        </message>
        <message>
            <source>not a filter</source>
            <translation>不是过滤器</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <translation>%1 / %2</translation>
        </message>
        <message>
            <source>%1 of %2, looking on</source>
            <translation>%1 / %2，继续查找</translation>
        </message>
        <message>
            <source>Everything</source>
            <translation>全部</translation>
        </message>
        <message>
            <source>Frames and drops</source>
            <translation>帧与丢弃</translation>
        </message>
        <message>
            <source>Frames</source>
            <translation>帧</translation>
        </message>
        <message>
            <source>Drops</source>
            <translation>丢弃</translation>
        </message>
        <message>
            <source>Filter, as tcp.port == 80 and node == lvs (Ctrl+F)</source>
            <translation>过滤器，例如 tcp.port == 80 and node == lvs（Ctrl+F）</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>过滤</translation>
        </message>
        <message>
            <source>Events</source>
            <translation>事件</translation>
        </message>
    </context>
    <context>
        <name>Export</name>
        <message>
            <source>Could not write %1.</source>
            <translation>无法写入 %1。</translation>
        </message>
        <message>
            <source>This panel cannot be written as .%1.</source>
            <translation>此面板不能写成 .%1。</translation>
        </message>
    </context>
    <context>
        <name>LadderPanel</name>
        <message numerus="yes">
            <source>%n frame(s)</source>
            <translation>
                <numerusform>%n 个帧</numerusform>
            </translation>
        </message>
        <message>
            <source>frames of events %1 to %2</source>
            <translation>事件 %1 至 %2 的帧</translation>
        </message>
        <message>
            <source>All frames</source>
            <translation>全部帧</translation>
        </message>
        <message>
            <source>This connection</source>
            <translation>此连接</translation>
        </message>
        <message>
            <source>This packet</source>
            <translation>此数据包</translation>
        </message>
        <message>
            <source>Switches</source>
            <translation>交换机</translation>
        </message>
        <message>
            <source>A line for each switch too</source>
            <translation>交换机也各占一条线</translation>
        </message>
        <message>
            <source>Ladder</source>
            <translation>梯形图</translation>
        </message>
    </context>
    <context>
        <name>LadderView</name>
        <message>
            <source>No frames here.</source>
            <translation>这里没有帧。</translation>
        </message>
    </context>
    <context>
        <name>Layers</name>
        <message>
            <source>Tunnel</source>
            <translation>隧道</translation>
        </message>
        <message>
            <source>Other</source>
            <translation>其他</translation>
        </message>
    </context>
    <context>
        <name>LayersPanel</name>
        <message>
            <source>+ %1 header</source>
            <translation>+ %1 首部</translation>
        </message>
        <message>
            <source>- %1 header</source>
            <translation>- %1 首部</translation>
        </message>
        <message>
            <source>Nothing changed.</source>
            <translation>没有变化。</translation>
        </message>
        <message>
            <source>Out</source>
            <translation>出</translation>
        </message>
        <message>
            <source>In</source>
            <translation>入</translation>
        </message>
        <message>
            <source>Out: it did not leave this node</source>
            <translation>出：没有离开此节点</translation>
        </message>
        <message>
            <source>In: it was made at this node</source>
            <translation>入：由此节点产生</translation>
        </message>
        <message>
            <source>Out: %1</source>
            <translation>出：%1</translation>
        </message>
        <message>
            <source>In: %1</source>
            <translation>入：%1</translation>
        </message>
    </context>
    <context>
        <name>LayersTree</name>
        <message>
            <source>Ethernet</source>
            <translation>以太网</translation>
        </message>
        <message>
            <source>VLAN tag</source>
            <translation>VLAN 标签</translation>
        </message>
        <message>
            <source>Address Resolution Protocol</source>
            <translation>地址解析协议（ARP）</translation>
        </message>
        <message>
            <source>Internet Protocol</source>
            <translation>网际协议（IP）</translation>
        </message>
        <message>
            <source>Internet Control Message Protocol</source>
            <translation>网际控制报文协议（ICMP）</translation>
        </message>
        <message>
            <source>Transmission Control Protocol</source>
            <translation>传输控制协议（TCP）</translation>
        </message>
        <message>
            <source>User Datagram Protocol</source>
            <translation>用户数据报协议（UDP）</translation>
        </message>
        <message>
            <source>Data</source>
            <translation>数据</translation>
        </message>
        <message>
            <source>Not decoded</source>
            <translation>未解码</translation>
        </message>
        <message>
            <source>changed</source>
            <translation>已改变</translation>
        </message>
    </context>
    <context>
        <name>LessonsPanel</name>
        <message>
            <source>Run this lesson</source>
            <translation>运行本课</translation>
        </message>
        <message>
            <source>That is my prediction</source>
            <translation>这是我的预测</translation>
        </message>
        <message>
            <source>Show it in the trace</source>
            <translation>在轨迹中查看</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>下一题</translation>
        </message>
        <message>
            <source>your prediction</source>
            <translation>你的预测</translation>
        </message>
        <message>
            <source>Lessons</source>
            <translation>课程</translation>
        </message>
        <message>
            <source>There are no lessons here.</source>
            <translation>这里没有课程。</translation>
        </message>
        <message>
            <source>Lessons are the scenarios in the folder scenarios/lessons.</source>
            <translation>课程是 scenarios/lessons 文件夹中的场景。</translation>
        </message>
        <message>
            <source>Right: %1</source>
            <translation>正确：%1</translation>
        </message>
        <message>
            <source>You said %1; it is %2</source>
            <translation>你说是 %1；实际是 %2</translation>
        </message>
        <message>
            <source>Score: %1 of %2 right</source>
            <translation>得分：%2 题中答对 %1 题</translation>
        </message>
    </context>
    <context>
        <name>Panels</name>
        <message>
            <source>Lessons</source>
            <translation>课程</translation>
        </message>
        <message>
            <source>A question first, then the answer in the trace</source>
            <translation>先提问，再在轨迹中看答案</translation>
        </message>
        <message>
            <source>Topology</source>
            <translation>拓扑</translation>
        </message>
        <message>
            <source>Hosts, links and the frames on them</source>
            <translation>主机、链路以及其上的帧</translation>
        </message>
        <message>
            <source>Ladder</source>
            <translation>梯形图</translation>
        </message>
        <message>
            <source>Who sends what to whom, in order of time</source>
            <translation>按时间顺序：谁向谁发送了什么</translation>
        </message>
        <message>
            <source>Charts</source>
            <translation>图表</translation>
        </message>
        <message>
            <source>Latency, connections, requests and shares over time</source>
            <translation>延迟、连接、请求与份额随时间的变化</translation>
        </message>
        <message>
            <source>Comparison</source>
            <translation>对比</translation>
        </message>
        <message>
            <source>What lvslab compare found: bars, curves, verdicts</source>
            <translation>lvslab compare 的结果：条形图、曲线、结论</translation>
        </message>
        <message>
            <source>Source</source>
            <translation>场景源码</translation>
        </message>
        <message>
            <source>The scenario: edit, save and run again</source>
            <translation>场景：编辑、保存、再次运行</translation>
        </message>
        <message>
            <source>Why</source>
            <translation>原因</translation>
        </message>
        <message>
            <source>What decided about this packet, and where that comes from</source>
            <translation>什么决定了此数据包的去向，依据何在</translation>
        </message>
        <message>
            <source>Layers</source>
            <translation>协议层</translation>
        </message>
        <message>
            <source>The frame as it came in and as it left</source>
            <translation>帧到达时与离开时的样子</translation>
        </message>
        <message>
            <source>Bytes</source>
            <translation>字节</translation>
        </message>
        <message>
            <source>The frame byte for byte</source>
            <translation>逐字节的帧</translation>
        </message>
        <message>
            <source>Tables</source>
            <translation>表</translation>
        </message>
        <message>
            <source>What a host holds at this instant</source>
            <translation>主机此刻持有的表</translation>
        </message>
        <message>
            <source>Events</source>
            <translation>事件</translation>
        </message>
        <message>
            <source>Everything that was seen, and a filter</source>
            <translation>看到的一切，可过滤</translation>
        </message>
        <message>
            <source>Terminal</source>
            <translation>终端</translation>
        </message>
        <message>
            <source>A prompt on the chosen host of a run of its own</source>
            <translation>所选主机上的命令行（单独的运行）</translation>
        </message>
    </context>
    <context>
        <name>Playback</name>
        <message>
            <source>This packet is not seen again.</source>
            <translation>此数据包之后不再出现。</translation>
        </message>
        <message>
            <source>This packet was not seen before.</source>
            <translation>此数据包之前没有出现过。</translation>
        </message>
        <message>
            <source>Nothing matches from here to the end.</source>
            <translation>从这里到结尾没有匹配项。</translation>
        </message>
        <message>
            <source>There is no bookmark: B sets one.</source>
            <translation>没有书签：按 B 设置。</translation>
        </message>
    </context>
    <context>
        <name>Runner</name>
        <message>
            <source>The program lvslab is neither beside this one nor in PATH.</source>
            <translation>在本程序旁边和 PATH 中都找不到 lvslab。</translation>
        </message>
    </context>
    <context>
        <name>ShellChild</name>
        <message>
            <source>The program lvslab is neither beside this one nor in PATH.</source>
            <translation>在本程序旁边和 PATH 中都找不到 lvslab。</translation>
        </message>
        <message>
            <source>The shell has ended.</source>
            <translation>命令行已结束。</translation>
        </message>
    </context>
    <context>
        <name>SourcePanel</name>
        <message>
            <source>Save</source>
            <translation>保存</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>运行</translation>
        </message>
        <message>
            <source>Writes the scenario's file</source>
            <translation>写入场景文件</translation>
        </message>
        <message>
            <source>Saves what was changed, and runs the scenario</source>
            <translation>保存修改并运行场景</translation>
        </message>
        <message>
            <source>What is wrong with the scenario</source>
            <translation>场景有哪些问题</translation>
        </message>
        <message>
            <source>as it was recorded</source>
            <translation>记录时的内容</translation>
        </message>
        <message>
            <source>%1, edited</source>
            <translation>%1，已修改</translation>
        </message>
        <message>
            <source>expected: %1</source>
            <translation>期望：%1</translation>
        </message>
        <message>
            <source>actual: %1</source>
            <translation>实际：%1</translation>
        </message>
        <message>
            <source>Save scenario</source>
            <translation>保存场景</translation>
        </message>
        <message>
            <source>Scenarios (*.yaml *.yml)</source>
            <translation>场景 (*.yaml *.yml)</translation>
        </message>
        <message>
            <source>Could not write %1.</source>
            <translation>无法写入 %1。</translation>
        </message>
    </context>
    <context>
        <name>TablesPanel</name>
        <message>
            <source>gone</source>
            <translation>已消失</translation>
        </message>
        <message>
            <source>changed</source>
            <translation>已改变</translation>
        </message>
        <message>
            <source>Empty.</source>
            <translation>空。</translation>
        </message>
        <message>
            <source>%1 more lines</source>
            <translation>另有 %1 行</translation>
        </message>
    </context>
    <context>
        <name>TerminalPanel</name>
        <message>
            <source>From the start</source>
            <translation>从头开始</translation>
        </message>
        <message>
            <source>At this instant</source>
            <translation>在此时刻</translation>
        </message>
        <message>
            <source>Interrupt</source>
            <translation>中断</translation>
        </message>
        <message>
            <source>A fresh run of the scenario, at its beginning</source>
            <translation>场景的一次新运行，停在开头</translation>
        </message>
        <message>
            <source>A fresh run of the scenario, up to the chosen event</source>
            <translation>场景的一次新运行，直到所选事件</translation>
        </message>
        <message>
            <source>a command as typed on the host; help lists the prompt's own words</source>
            <translation>在主机上输入的命令；help 列出命令行自己的词</translation>
        </message>
        <message>
            <source>Command</source>
            <translation>命令</translation>
        </message>
    </context>
    <context>
        <name>TopologyPanel</name>
        <message>
            <source>dropped</source>
            <translation>丢弃</translation>
        </message>
        <message>
            <source>believed to own the VIP</source>
            <translation>被认为持有 VIP</translation>
        </message>
        <message>
            <source>Tiers</source>
            <translation>分层</translation>
        </message>
        <message>
            <source>Free layout</source>
            <translation>自由布局</translation>
        </message>
        <message>
            <source>How hosts are placed; drag a host to move it</source>
            <translation>主机的摆放方式；可拖动主机</translation>
        </message>
        <message>
            <source>Overview</source>
            <translation>概览</translation>
        </message>
        <message>
            <source>A small map of the whole picture</source>
            <translation>整幅图的缩略图</translation>
        </message>
        <message>
            <source>Topology</source>
            <translation>拓扑</translation>
        </message>
    </context>
    <context>
        <name>WhyPanel</name>
        <message>
            <source>Choose an event: here stands why it happened.</source>
            <translation>选择一个事件：这里说明它为何发生。</translation>
        </message>
        <message>
            <source>When</source>
            <translation>何时</translation>
        </message>
        <message>
            <source>Where</source>
            <translation>何处</translation>
        </message>
        <message>
            <source>Connection</source>
            <translation>连接</translation>
        </message>
        <message>
            <source>Packet</source>
            <translation>数据包</translation>
        </message>
        <message>
            <source>Cause</source>
            <translation>起因</translation>
        </message>
        <message>
            <source>event %1</source>
            <translation>事件 %1</translation>
        </message>
        <message>
            <source>Scenario</source>
            <translation>场景</translation>
        </message>
        <message>
            <source>Hook</source>
            <translation>挂钩点</translation>
        </message>
        <message>
            <source>Rule</source>
            <translation>规则</translation>
        </message>
        <message>
            <source>Route</source>
            <translation>路由</translation>
        </message>
        <message>
            <source>Next hop</source>
            <translation>下一跳</translation>
        </message>
        <message>
            <source>In</source>
            <translation>入</translation>
        </message>
        <message>
            <source>Out</source>
            <translation>出</translation>
        </message>
        <message>
            <source>+ %1 header</source>
            <translation>+ %1 首部</translation>
        </message>
        <message>
            <source>- %1 header</source>
            <translation>- %1 首部</translation>
        </message>
        <message>
            <source>Scheduler</source>
            <translation>调度算法</translation>
        </message>
        <message>
            <source>Service</source>
            <translation>服务</translation>
        </message>
        <message>
            <source>Real server</source>
            <translation>真实服务器</translation>
        </message>
        <message>
            <source>Weight</source>
            <translation>权重</translation>
        </message>
        <message>
            <source>Active before</source>
            <translation>之前的活动连接</translation>
        </message>
        <message>
            <source>Inactive before</source>
            <translation>之前的非活动连接</translation>
        </message>
        <message>
            <source>Place in the list</source>
            <translation>在列表中的位置</translation>
        </message>
        <message>
            <source>%1 of %2, newest first</source>
            <translation>%1 / %2，最新在前</translation>
        </message>
        <message>
            <source>The director's choice</source>
            <translation>调度器的选择</translation>
        </message>
        <message>
            <source>What happened, in order</source>
            <translation>依次发生的事</translation>
        </message>
        <message>
            <source>asked for by</source>
            <translation>由以下命令要求</translation>
        </message>
        <message>
            <source>known since event %1</source>
            <translation>自事件 %1 起已知</translation>
        </message>
    </context>
    <context>
        <name>Window</name>
        <message>
            <source>Pause</source>
            <translation>暂停</translation>
        </message>
        <message>
            <source>Play</source>
            <translation>播放</translation>
        </message>
        <message>
            <source>event %1 of %2</source>
            <translation>事件 %1 / %2</translation>
        </message>
        <message numerus="yes">
            <source>%n event(s)</source>
            <translation>
                <numerusform>%n 个事件</numerusform>
            </translation>
        </message>
        <message>
            <source>Open...</source>
            <translation>打开……</translation>
        </message>
        <message>
            <source>Open a scenario, a recording or a comparison</source>
            <translation>打开场景、记录或对比结果</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>运行</translation>
        </message>
        <message>
            <source>Run the scenario and open what was recorded</source>
            <translation>运行场景并打开记录</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>停止</translation>
        </message>
        <message>
            <source>Stop the run, the search or the opening</source>
            <translation>停止运行、查找或打开</translation>
        </message>
        <message>
            <source>Save recording...</source>
            <translation>保存记录……</translation>
        </message>
        <message>
            <source>Keep the recording of this run</source>
            <translation>保留这次运行的记录</translation>
        </message>
        <message>
            <source>Start</source>
            <translation>开头</translation>
        </message>
        <message>
            <source>To the first event</source>
            <translation>到第一个事件</translation>
        </message>
        <message>
            <source>Hop back</source>
            <translation>后退一跳</translation>
        </message>
        <message>
            <source>Where this packet was seen before</source>
            <translation>此数据包上一次出现处</translation>
        </message>
        <message>
            <source>Step back</source>
            <translation>后退一步</translation>
        </message>
        <message>
            <source>One event back</source>
            <translation>后退一个事件</translation>
        </message>
        <message>
            <source>Play or pause</source>
            <translation>播放或暂停</translation>
        </message>
        <message>
            <source>Step</source>
            <translation>前进一步</translation>
        </message>
        <message>
            <source>One event on</source>
            <translation>前进一个事件</translation>
        </message>
        <message>
            <source>Hop</source>
            <translation>前进一跳</translation>
        </message>
        <message>
            <source>Where this packet is seen next</source>
            <translation>此数据包下一次出现处</translation>
        </message>
        <message>
            <source>End</source>
            <translation>结尾</translation>
        </message>
        <message>
            <source>To the last event</source>
            <translation>到最后一个事件</translation>
        </message>
        <message>
            <source>Bookmark</source>
            <translation>书签</translation>
        </message>
        <message>
            <source>Set or remove a bookmark at this event</source>
            <translation>在此事件设置或取消书签</translation>
        </message>
        <message>
            <source>Next bookmark</source>
            <translation>下一个书签</translation>
        </message>
        <message>
            <source>To the next bookmark</source>
            <translation>到下一个书签</translation>
        </message>
        <message>
            <source>Previous bookmark</source>
            <translation>上一个书签</translation>
        </message>
        <message>
            <source>To the bookmark before</source>
            <translation>到上一个书签</translation>
        </message>
        <message>
            <source>Faster</source>
            <translation>加快</translation>
        </message>
        <message>
            <source>Play twice as fast</source>
            <translation>播放速度加倍</translation>
        </message>
        <message>
            <source>Slower</source>
            <translation>减慢</translation>
        </message>
        <message>
            <source>Play half as fast</source>
            <translation>播放速度减半</translation>
        </message>
        <message>
            <source>Run until...</source>
            <translation>运行直到……</translation>
        </message>
        <message>
            <source>To the next event that a filter matches</source>
            <translation>到过滤器匹配的下一个事件</translation>
        </message>
        <message>
            <source>Filter</source>
            <translation>过滤</translation>
        </message>
        <message>
            <source>To the filter of the event list</source>
            <translation>到事件列表的过滤器</translation>
        </message>
        <message>
            <source>Fit</source>
            <translation>适应窗口</translation>
        </message>
        <message>
            <source>Fit the picture to its panel</source>
            <translation>使图适应面板</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>深色</translation>
        </message>
        <message>
            <source>Dark or light window</source>
            <translation>深色或浅色窗口</translation>
        </message>
        <message>
            <source>Export panel...</source>
            <translation>导出面板……</translation>
        </message>
        <message>
            <source>The panel as picture, table or text</source>
            <translation>把面板存为图片、表格或文本</translation>
        </message>
        <message>
            <source>Command line</source>
            <translation>命令行</translation>
        </message>
        <message>
            <source>What prints the same in a terminal</source>
            <translation>在终端打印相同内容的命令</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>按键</translation>
        </message>
        <message>
            <source>All keys</source>
            <translation>全部按键</translation>
        </message>
        <message>
            <source>About lvslab</source>
            <translation>关于 lvslab</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>退出</translation>
        </message>
        <message>
            <source>Close the window</source>
            <translation>关闭窗口</translation>
        </message>
        <message>
            <source>&amp;File</source>
            <translation>文件(&amp;F)</translation>
        </message>
        <message>
            <source>&amp;Time</source>
            <translation>时间(&amp;T)</translation>
        </message>
        <message>
            <source>&amp;View</source>
            <translation>视图(&amp;V)</translation>
        </message>
        <message>
            <source>Text size</source>
            <translation>文字大小</translation>
        </message>
        <message>
            <source>&amp;Language</source>
            <translation>语言(&amp;L)</translation>
        </message>
        <message>
            <source>&amp;Help</source>
            <translation>帮助(&amp;H)</translation>
        </message>
        <message>
            <source>Run until, as arp or dropped (U)</source>
            <translation>运行直到，例如 arp or dropped（U）</translation>
        </message>
        <message>
            <source>A filter: Return goes to the next event that it matches (U)</source>
            <translation>过滤器：回车到下一个匹配的事件（U）</translation>
        </message>
        <message>
            <source>Run until</source>
            <translation>运行直到</translation>
        </message>
        <message>
            <source>Speed: simulated time per second ([ and ])</source>
            <translation>速度：每秒经过的模拟时间（[ 与 ]）</translation>
        </message>
        <message>
            <source>Speed</source>
            <translation>速度</translation>
        </message>
        <message>
            <source>There is no file %1.</source>
            <translation>没有文件 %1。</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>打开</translation>
        </message>
        <message>
            <source>Scenarios, recordings, comparisons (*.yaml *.yml *.sqlite *.db *.json);;All files (*)</source>
            <translation>场景、记录、对比 (*.yaml *.yml *.sqlite *.db *.json);;所有文件 (*)</translation>
        </message>
        <message>
            <source>No scenario is open: Ctrl+O opens one.</source>
            <translation>没有打开场景：按 Ctrl+O 打开。</translation>
        </message>
        <message>
            <source>Stopped.</source>
            <translation>已停止。</translation>
        </message>
        <message>
            <source>The run ended with status %1.</source>
            <translation>运行结束，状态 %1。</translation>
        </message>
        <message>
            <source>The run ended: an expectation failed.</source>
            <translation>运行结束：有期望未满足。</translation>
        </message>
        <message>
            <source>Cannot open: %1</source>
            <translation>无法打开：%1</translation>
        </message>
        <message>
            <source>The recording is empty: nothing happened in this run.</source>
            <translation>记录为空：这次运行什么也没发生。</translation>
        </message>
        <message>
            <source>The run was interrupted: this is what it did until then.</source>
            <translation>运行被中断：这是到那时为止的内容。</translation>
        </message>
        <message>
            <source>Save recording</source>
            <translation>保存记录</translation>
        </message>
        <message>
            <source>Recordings (*.sqlite);;All files (*)</source>
            <translation>记录 (*.sqlite);;所有文件 (*)</translation>
        </message>
        <message>
            <source>Saved as %1.</source>
            <translation>已保存为 %1。</translation>
        </message>
        <message>
            <source>Could not write %1.</source>
            <translation>无法写入 %1。</translation>
        </message>
        <message>
            <source>Picture (*.png);;Vector picture (*.svg)</source>
            <translation>图片 (*.png);;矢量图 (*.svg)</translation>
        </message>
        <message>
            <source>Text (*.txt)</source>
            <translation>文本 (*.txt)</translation>
        </message>
        <message>
            <source>Export panel</source>
            <translation>导出面板</translation>
        </message>
        <message>
            <source>No command prints this.</source>
            <translation>没有打印此内容的命令。</translation>
        </message>
        <message>
            <source>Copied: %1</source>
            <translation>已复制：%1</translation>
        </message>
        <message>
            <source>In pictures: the wheel zooms, dragging the background moves, F fits. In charts: a double click shows everything again.</source>
            <translation>图中：滚轮缩放，拖动背景移动，F 适应窗口。图表中：双击恢复全图。</translation>
        </message>
        <message>
            <source>A simulator of Linux Virtual Server laboratories: every hop of every frame, what changed, and why.</source>
            <translation>Linux Virtual Server 实验的模拟器：每个帧的每一跳、什么改变了、为什么。</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Export packets...</source>
            <translation>导出数据包……</translation>
        </message>
        <message>
            <source>The frames of the chosen connection or packet as pcapng files</source>
            <translation>所选连接或数据包的帧，存为 pcapng 文件</translation>
        </message>
        <message>
            <source>Folder for the pcapng files</source>
            <translation>存放 pcapng 文件的文件夹</translation>
        </message>
        <message>
            <source>Saved in %1.</source>
            <translation>已保存到 %1。</translation>
        </message>
    </context>
</TS>
