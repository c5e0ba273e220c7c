"""Counts the tokens of the samples with real tokenizers and writes them to counts.tsv.

    pip install litellm tiktoken tokenizers
    python3 count.py

litellm brings the vocabularies along: GPT-4o, GPT-4, DeepSeek V3 and Claude 2.
"""

import base64
import pathlib

import litellm.litellm_core_utils.tokenizers as bundled
import tiktoken
from tokenizers import Tokenizer

VOCABULARIES = pathlib.Path(bundled.__path__[0])
LETTER = r"[^\r\n\p{L}\p{N}]?"
TAIL = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
GPT_4O = "|".join(
    [
        LETTER + r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + TAIL,
        LETTER + r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + TAIL,
        r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ]
)
GPT_4 = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
    r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)


def openai(file: str, pattern: str):
    lines = (VOCABULARIES / file).read_bytes().splitlines()
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines if line)}
    encoding = tiktoken.Encoding(file, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    return lambda text: len(encoding.encode(text, disallowed_special=()))


def hugging_face(file: str):
    tokenizer = Tokenizer.from_file(str(VOCABULARIES / file))
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def main() -> None:
    counters = {
        "gpt-4o": openai("fb374d419588a4632f3f557e76b4b70aebbca790", GPT_4O),
        "gpt-4": openai("9b5ad71b2ce5302211f9c61530b329a4922fc6a4", GPT_4),
        "deepseek-v3": hugging_face("deepseek_tokenizer.json"),
        "claude-2": hugging_face("anthropic_tokenizer.json"),
    }
    here = pathlib.Path(__file__).parent
    rows = [["sample", *counters]]
    for sample in sorted([*here.glob("*.txt"), *here.glob("*.json")]):
        text = sample.read_text(encoding="utf-8")
        rows.append([sample.name, *(str(count(text)) for count in counters.values())])
    (here / "counts.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))


if __name__ == "__main__":
    main()
