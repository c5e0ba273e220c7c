"""A real llama.cpp server with a model of our own: a few random weights, so that nothing is downloaded.

What it says is noise. That its tool calls are well-formed is the grammar's doing, as with any model: the
parameters in `CALLS_A_TOOL` make the noise begin one, and end after it.

    python -m support.llama MODEL

writes the model to MODEL, starts the server and prints its address.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import gguf
import numpy
import xllamacpp

END, TOOL_CALL = 2, 259
"""Tokens: the end of the answer, and the beginning of a tool call."""
CALLS_A_TOOL = {"logit_bias": [[TOOL_CALL, 100], [END, 200]]}
NEVER_ENDS = {"logit_bias": [[END, -100]]}

TEMPLATE = """\
{%- if tools %}<|im_start|>system
# Tools
<tools>
{%- for tool in tools %}
{{ tool | tojson }}
{%- endfor %}
</tools>
For each call write <tool_call>
{"name": <name>, "arguments": <arguments>}
</tool_call><|im_end|>
{%- endif %}
{%- for m in messages %}
{%- if m.role == "tool" %}<|im_start|>user
<tool_response>
{{ m.content }}
</tool_response><|im_end|>
{%- else %}<|im_start|>{{ m.role }}
{%- if m.content %}
{{ m.content }}
{%- endif %}
{%- for call in m.tool_calls or [] %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>
{%- endfor %}<|im_end|>
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{%- endif %}
"""

WIDTH, HEADS, INNER = 32, 2, 64


def write_model(path: Path) -> None:
    """One layer over a vocabulary of bytes."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(8192)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    words = _write_vocabulary(writer)
    writer.add_chat_template(TEMPLATE)
    _write_weights(writer, words)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _write_vocabulary(writer: gguf.GGUFWriter) -> int:
    kind = gguf.TokenType
    special = [(b"<unk>", kind.UNKNOWN), (b"<s>", kind.CONTROL), (b"</s>", kind.CONTROL)]
    characters = [(f"<0x{byte:02X}>".encode(), kind.BYTE) for byte in range(256)]
    tokens = [*special, *characters, (b"<tool_call>\n", kind.USER_DEFINED)]
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text for text, _ in tokens])
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([kind for _, kind in tokens])
    writer.add_add_space_prefix(False)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(END)
    writer.add_vocab_size(len(tokens))
    return len(tokens)


def _write_weights(writer: gguf.GGUFWriter, words: int) -> None:
    random = numpy.random.default_rng(7)
    shapes = {"token_embd": (words, WIDTH), "output": (words, WIDTH)}
    shapes |= {f"blk.0.attn_{name}": (WIDTH, WIDTH) for name in ("q", "k", "v", "output")}
    shapes |= {"blk.0.ffn_gate": (INNER, WIDTH), "blk.0.ffn_up": (INNER, WIDTH), "blk.0.ffn_down": (WIDTH, INNER)}
    for name, shape in shapes.items():
        writer.add_tensor(f"{name}.weight", (random.standard_normal(shape) / 2).astype(numpy.float32))
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", numpy.ones(WIDTH, numpy.float32))


def serve(path: Path) -> xllamacpp.Server:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    parameters.warmup = False
    parameters.use_jinja = True
    return xllamacpp.Server(parameters)


if __name__ == "__main__":
    model = Path(sys.argv[1])
    write_model(model)
    server = serve(model)
    print(f"Serving at {server.listening_address}", flush=True)
    # The test ends it; a forgotten one ends by itself.
    time.sleep(600)
