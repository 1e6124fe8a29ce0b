"""What is said of a history that cannot be read: what was received, what is accepted."""

from __future__ import annotations

from ..text import Text

ACCEPTED = Text(
    en="diagnose accepts what model.fit returned, its .history dict, one of our runs, a pandas DataFrame, or the path "
    "of a file. CSV may come from CSVLogger, pandas or Lightning, with commas, semicolons or tabs; JSON is a dict of "
    "lists (also under the key 'history'), one dict per epoch, or what pandas' to_json writes. The training loss is "
    "called 'loss', 'train_loss' or 'Training Loss'; the validation loss 'val_loss', 'valid_loss', 'validation_loss' "
    "or, without any of these, 'test_loss'.",
    zh="diagnose 接受：model.fit 的返回值、它的 .history 字典、我们的运行、pandas DataFrame，或文件的路径。"
    "CSV 文件可由 CSVLogger、pandas 或 Lightning 写成，以逗号、分号或制表符分隔；JSON 文件可以是由列表组成的字典"
    "（也可放在键 'history' 之下）、每轮一个字典的列表，或 pandas 的 to_json 所写的内容。"
    "训练损失的列名为 'loss'、'train_loss' 或 'Training Loss'；验证损失的列名为 'val_loss'、'valid_loss'、"
    "'validation_loss'，这些都没有时也可以是 'test_loss'。",
)
NOTHING = Text(
    en="Received None, and neither model= nor data=. {accepted}",
    zh="收到的是 None，也没有 model= 或 data=。{accepted}",
)
NO_CURVES = Text(en="Received {what}, which holds no curves. {accepted}", zh="收到的是{what}，其中没有曲线。{accepted}")
NO_RECORD = Text(
    en="Received {what} whose record() returned {record}. {accepted}",
    zh="收到的是{what}，它的 record() 返回了{record}。{accepted}",
)
NO_VALUES = Text(
    en="Received {what} without any values; train for at least one epoch. {accepted}",
    zh="收到的是{what}，其中没有任何数值；请至少训练一轮。{accepted}",
)
NO_LOSS = Text(
    en="Received {what} with {columns} but no 'loss'.{hint} {accepted}",
    zh="收到的是{what}，其中有 {columns}，但没有 'loss'。{hint}{accepted}",
)
UNREADABLE = Text(
    en="Received {what} whose {name!r} cannot be read: {error}. {accepted}",
    zh="收到的是{what}，其中的 {name!r} 无法读取：{error}。{accepted}",
)
NO_FILE = Text(
    en="Received the path {path!r}, which cannot be read: {error}. {accepted}",
    zh="收到的路径 {path!r} 无法读取：{error}。{accepted}",
)
NO_JSON = Text(
    en="Received {what}, which begins like JSON and is none: {error}. {accepted}",
    zh="收到的是{what}，它的开头像 JSON，却不是合法的 JSON：{error}。{accepted}",
)
OTHER_JSON = Text(
    en="Received {what}, JSON that holds {found} and no curves that we know. {accepted}",
    zh="收到的是{what}，其中的 JSON 是{found}，没有我们能识别的曲线。{accepted}",
)
JSON_DICT = Text(en="a dict with the keys {keys}", zh="键为 {keys} 的字典")
JSON_LIST = Text(en="a list of {count} items, the first {first}", zh="含 {count} 项的列表，第一项为 {first}")
JSON_VALUE = Text(en="only {value}", zh="单个值 {value}")

ONLY_VALIDATION = Text(
    en=" {name!r} is there, but rules compare it with the training loss.",
    zh="文件中有 {name!r}，但诊断规则需要把它与训练损失比较。",
)
NAME_IT = Text(en=" Name the column of the training loss 'loss'.", zh="请把训练损失那一列命名为 'loss'。")

FILE = Text(en="the file {path!r}", zh="文件 {path!r}")
DICT = Text(en="a dict", zh="一个 dict")
LIST = Text(en="a list of dicts", zh="一个由 dict 组成的列表")
FRAME = Text(en="a DataFrame", zh="一个 DataFrame")
KERAS = Text(en="a Keras History", zh="一个 Keras History")
OBJECT = Text(en="an object of type {kind}", zh="一个 {kind} 类型的对象")
