"""Networks that several benchmarks time in PyTorch."""

from torch import nn
from torch.nn import functional as F


class LeNet(nn.Module):
    """The shared LeNet of the MultiMNIST benchmarks: 36 x 36 images to 50 features."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 10, 5)
        self.second = nn.Conv2d(10, 20, 5)
        self.dense = nn.Linear(720, 50)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.first(x), 2))
        x = F.relu(F.max_pool2d(self.second(x), 2))
        return F.relu(self.dense(x.flatten(1)))
