"""The C part, which is optional: without a compiler the package reads the same numbers with numpy alone."""

import sys

from setuptools import Extension, setup

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:
    from wheel.bdist_wheel import bdist_wheel


class StableWheel(bdist_wheel):
    """One wheel for every Python from 3.9 on: the C part keeps to the stable interface."""

    def get_tag(self):
        python, _, platform = super().get_tag()
        return ("cp39", "abi3", platform) if python.startswith("cp") else (python, "none", platform)


# The C part calls nothing of the C library, and auditwheel wants to see which one it belongs to.
link = ["-Wl,--no-as-needed", "-lc"] if sys.platform.startswith("linux") else []

setup(
    ext_modules=[
        Extension(
            "feature_atlas._bits",
            ["src/feature_atlas/_bits.c"],
            optional=True,
            extra_link_args=link,
            py_limited_api=True,
        )
    ],
    cmdclass={"bdist_wheel": StableWheel},
)
