"""Outputs that learn, but badly or by detours, most serious first."""

from __future__ import annotations

from ..text import Text
from ._output_case import Case
from ._output_faults import (
    difference_of_shares,
    difference_of_sigmoid,
    difference_of_two,
    difference_of_two_unwatched,
    division_by_zero,
    idle_units,
    labels_one_by_one,
    logarithm_of_negative,
    negative_rate,
    numbered_classes,
    one_sided_hinge,
    sigmoid_for_one_class,
    softmax_for_labels,
    softmax_judged_one_by_one,
    softmax_twice,
    squashed_logits,
)

_CLASSIFY = Text(
    en="Give it softmax and (sparse) categorical cross-entropy, with one unit a class.",
    zh="改用 softmax 和（稀疏）分类交叉熵，每类一个单元。",
)
_SIGMOID = Text(
    en="Give {layer} sigmoid and compile with binary cross-entropy.", zh="让 {layer} 使用 sigmoid，并用二元交叉熵编译。"
)

ODDITIES = (
    Case(
        softmax_twice,
        "warning",
        Text(
            en="Softmax acts twice: in {layer} and once more behind it; the classes can hardly be told apart.",
            zh="softmax 用了两次：{layer} 里一次，后面又一次；各类别几乎无法拉开差距。",
        ),
        Text(en="Leave one of the two away.", zh="去掉其中一个。"),
    ),
    Case(
        softmax_for_labels,
        "warning",
        Text(
            en="Rows have several labels at once, or none, but the softmax of {layer} shares 1 out among them.",
            zh="一行可以同时有多个标签，也可以没有，而 {layer} 的 softmax 把 1 分摊给各个标签。",
        ),
        _SIGMOID,
    ),
    Case(
        squashed_logits,
        "warning",
        Text(
            en="{loss} is told that it gets logits, but {layer} has passed them through {activation}.",
            zh="{loss} 被告知收到的是 logits，而 {layer} 已经让它们通过了 {activation}。",
        ),
        Text(
            en="Leave {activation} or from_logits=True away. Keras on TensorFlow notices sigmoid and softmax, warns, "
            "and trains on what came before them; other backends train badly.",
            zh="去掉 {activation}，或去掉 from_logits=True。Keras 在 TensorFlow 上能察觉 sigmoid 和 softmax，"
            "会发出警告，并用它们之前的数值训练；其他后端则会训练得很差。",
        ),
    ),
    Case(
        softmax_judged_one_by_one,
        "warning",
        Text(
            en="{loss} judges each of the {units} softmax units of {layer} by itself, though they share out 1.",
            zh="{loss} 单独评判 {layer} 的 {units} 个 softmax 单元，而它们是互相依赖的。",
        ),
        Text(
            en="Compile with categorical_crossentropy; for several labels a row use sigmoid.",
            zh="改用 categorical_crossentropy 编译；如果一行有多个标签，请用 sigmoid。",
        ),
    ),
    Case(
        sigmoid_for_one_class,
        "warning",
        Text(
            en="{loss} chooses one of {units} units, but the {activation} of {layer} lets them all be large at once.",
            zh="{loss} 在 {units} 个单元中选择一个，而 {layer} 的 {activation} 允许它们同时都很大。",
        ),
        Text(
            en="Give {layer} softmax; for several labels a row keep sigmoid and use binary_crossentropy.",
            zh="让 {layer} 使用 softmax；如果一行有多个标签，请保留 sigmoid 并使用 binary_crossentropy。",
        ),
    ),
    Case(
        one_sided_hinge,
        "warning",
        Text(
            en="{loss} wants outputs down to -1, which the {activation} of {layer} cannot reach.",
            zh="{loss} 要求输出能低至 -1，而 {layer} 的 {activation} 达不到。",
        ),
        Text(
            en="Use tanh or no activation with {loss}, or sigmoid with binary_crossentropy.",
            zh="{loss} 请配合 tanh 或不用激活函数；sigmoid 请配合 binary_crossentropy。",
        ),
    ),
    Case(
        negative_rate,
        "warning",
        Text(
            en="{loss} takes the logarithm of the output, but {layer} can give negative numbers: the loss turns NaN.",
            zh="{loss} 要对输出取对数，而 {layer} 可能给出负数：损失会变成 NaN。",
        ),
        Text(
            en="Give {layer} the activation exponential or softplus.",
            zh="让 {layer} 使用 exponential 或 softplus 激活。",
        ),
    ),
    Case(
        logarithm_of_negative,
        "warning",
        Text(
            en="{loss} treats every target below 0 as 0, but targets go down to {low:.4g}.",
            zh="{loss} 把小于 0 的目标都当作 0，而目标最小为 {low:.4g}。",
        ),
        Text(en="Use mean squared error.", zh="请使用均方误差。"),
        fixable=False,
    ),
    Case(
        division_by_zero,
        "warning",
        Text(
            en="{loss} divides by the targets, which run from {low:.4g} to {high:.4g}: rows near 0 outweigh all.",
            zh="{loss} 要除以目标，而目标从 {low:.4g} 到 {high:.4g}：接近 0 的样本会压倒其他一切。",
        ),
        Text(en="Use mean absolute error.", zh="请使用平均绝对误差。"),
        fixable=False,
    ),
    Case(
        numbered_classes,
        "warning",
        Text(
            en="One unit is to hit class numbers from {low:g} to {high:g} with {loss}: class {high:g} counts as far "
            "from class {low:g}, though numbers are only names.",
            zh="用一个单元和 {loss} 去拟合 {low:g} 到 {high:g} 的类别编号："
            "第 {high:g} 类被当成远离第 {low:g} 类，而编号只是名称。",
        ),
        _CLASSIFY,
    ),
    Case(
        difference_of_shares,
        "warning",
        Text(
            en="{loss} with {activation} learns classes slowly: what is quite wrong gets hardly more gradient than "
            "what is nearly right.",
            zh="{loss} 配合 {activation} 学习分类很慢：错得离谱的样本得到的梯度几乎不比接近正确的更大。",
        ),
        _CLASSIFY,
    ),
    Case(
        difference_of_two,
        "warning",
        Text(
            en="{loss} with {activation} treats two classes as quantities: being right with too much ease costs too.",
            zh="{loss} 配合 {activation} 把两个类别当成数值：判断得过于肯定反而也要受罚。",
        ),
        _SIGMOID,
    ),
    Case(
        difference_of_two_unwatched,
        "info",
        Text(
            en="{loss} with {activation} treats the two values of the targets as quantities.",
            zh="{loss} 配合 {activation} 把目标的两个取值当成数值。",
        ),
        _SIGMOID,
    ),
    Case(
        difference_of_sigmoid,
        "info",
        Text(
            en="{loss} after {activation} learns, but slowly where the model is wrong: there the gradient vanishes.",
            zh="{activation} 之后用 {loss} 也能学习，但在错得离谱的地方很慢：那里的梯度会消失。",
        ),
        Text(
            en="Compile with binary_crossentropy for yes or no; for one class out of several use softmax and "
            "categorical_crossentropy.",
            zh="是非判断请用 binary_crossentropy 编译；多选一的分类请用 softmax 和 categorical_crossentropy。",
        ),
    ),
    Case(
        labels_one_by_one,
        "info",
        Text(
            en="{loss} asks {units} yes-or-no questions, though each row has just one of {classes} classes.",
            zh="{loss} 提出了 {units} 个是非问题，而每一行只属于 {classes} 个类别中的一个。",
        ),
        Text(
            en="Give {layer} softmax and compile with categorical_crossentropy.",
            zh="让 {layer} 使用 softmax，并用 categorical_crossentropy 编译。",
        ),
    ),
    Case(
        idle_units,
        "info",
        Text(
            en="{layer} has {units} units for {classes} classes; the others only learn never to be chosen.",
            zh="{layer} 有 {units} 个单元，而类别只有 {classes} 个；其余单元只会学到永远不被选中。",
        ),
        Text(en="Give {layer} {classes} units.", zh="把 {layer} 改为 {classes} 个单元。"),
    ),
)
