// What ladders and stations say besides sentences, in Chinese.
#include "lang/tables.h"

namespace lvslab::lang {
namespace {

constexpr Entry kTable[] = {
    {"          + {} header {}", "          + {} 首部 {}"},
    {"          - {} header {}", "          - {} 首部 {}"},
    {" (seed {})", "（种子 {}）"},
    {"(heard too, not concerned: {})", "（也听到但与其无关：{}）"},
    {"+ {} header {}", "+ {} 首部 {}"},
    {"- {} header {}", "- {} 首部 {}"},
    {"In words", "文字说明"},
    {"MAC table", "MAC 表"},
    {"No packet of such a connection was seen.", "没有看到这样的连接的数据包。"},
    {"The way of a packet", "数据包的路径"},
    {"The way of every frame", "每个帧的路径"},
    {"Who was believed to own what, where that changed:", "各主机认为谁持有什么地址（有变化的）："},
    {"a request comes to the server's workers", "请求到达服务器的工作进程"},
    {"as it came in", "到达时的样子"},
    {"client", "客户端"},
    {"connection established for the client", "客户端的连接已建立"},
    {"delivered", "投递"},
    {"director", "调度器"},
    {"dropped", "丢弃"},
    {"in  {:<5} {}{}", "入  {:<5} {}{}"},
    {"in {}", "入 {}"},
    {"lost on the link at {} ({}): {}", "在 {} 处的链路上丢失（{}）：{}"},
    {"made here", "在此产生"},
    {"neighbour", "邻居"},
    {"nothing stops or changes it", "没有被阻止或改变"},
    {"out {:<5} {}{}", "出  {:<5} {}{}"},
    {"out {}", "出 {}"},
    {"real-server", "真实服务器"},
    {"reply: ", "回复："},
    {"request: ", "请求："},
    {"router", "路由器"},
    {"routing", "路由"},
    {"switch", "交换机"},
    {"the client has the whole reply", "客户端已收到完整回复"},
    {"the client sends a request", "客户端发送请求"},
    {"the end", "结束"},
    {"the load starts it", "由负载发起"},
    {"the server process gets the connection", "服务器进程得到该连接"},
    {"the server process replies", "服务器进程回复"},
    {"the server process will not answer a request", "服务器进程不会回答该请求"},
    {"way: ", "途经："},
    {"{} from {}", "{}，来自 {}"},
};

}  // namespace

std::span<const Entry> stations_zh() { return kTable; }

}  // namespace lvslab::lang
