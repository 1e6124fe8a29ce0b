from kerastune_widget.core.data_profile import DataProfile, InputProfile
from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile

PIXELS = InputProfile(
    shape=(28, 28),
    whole_numbers=True,
    maximum=255.0,
    mean=33.0,
    spread=78.0,
    feature_means=(0.0, 96.0),
    feature_spreads=(3.0, 113.0),
    features=28,
)
HISTORY = History(
    model=ModelProfile((LayerProfile("dense", "Dense", "relu", 64, 50240, sources=()),)),
    data=DataProfile(rows=1000, inputs=(PIXELS,)),
)
