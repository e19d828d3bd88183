"""The C part, which is optional: without a compiler the package reads the same numbers with numpy alone."""

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


setup(
    ext_modules=[
        Extension("feature_atlas._bits", ["src/feature_atlas/_bits.c"], optional=True, py_limited_api=True)
    ],
    cmdclass={"bdist_wheel": StableWheel},
)
