// What a lesson's questions and answers say besides the lesson's own texts, in Chinese.
#include "lang/tables.h"

namespace lvslab::lang {
namespace {

constexpr Entry kTable[] = {
    {"1 event of the run matches: {}", "运行中有 1 个事件匹配：{}"},
    {"Answers", "答案"},
    {"Lesson {}: {}", "第 {} 课：{}"},
    {"No, it is: {}", "不对，答案是：{}"},
    {"Question {}. {}", "问题 {}：{}"},
    {"Right: {}", "正确：{}"},
    {"Score: {} of {} right", "得分：答对 {} 题，共 {} 题"},
    {"The idea: {}", "要点：{}"},
    {"your prediction> ", "你的预测> "},
    {"{} events of the run match: {}", "运行中有 {} 个事件匹配：{}"},
};

}  // namespace

std::span<const Entry> quiz_zh() { return kTable; }

}  // namespace lvslab::lang
