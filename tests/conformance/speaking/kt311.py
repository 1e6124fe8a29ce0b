"""Five sigmoid layers in a row."""

from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile, OutputProfile

NAMES = ("one", "two", "three", "four", "five", "last")

HISTORY = History(
    model=ModelProfile(
        layers=tuple(
            LayerProfile(name, "Dense", "sigmoid", units=16, fan_in=16, sources=NAMES[max(at - 1, 0) : at])
            for at, name in enumerate(NAMES)
        ),
        outputs=(OutputProfile("", "last", 16, "sigmoid", "binary_crossentropy", False),),
    )
)
