"""Lines for sounding import, of what vLLM, chat completions and Hugging Face return.

    with open("model.jsonl", "w") as file:
        lines.write(file, lines.of_vllm(llm.generate(prompt, params)))
        lines.write(file, [lines.score(token_ids, harm) for token_ids, harm in judged])

One file without dependencies. Every sample of one prompt adds its own path of prefixes.
"""

import heapq
import json
import math


def write(file, lines):
    """Write lines to a file, one a line."""
    for line in lines:
        file.write(json.dumps(line) + "\n")


def score(sequence, harm):
    """The line of a sequence with its harm, a number from 0 to 1."""
    return {"sequence": list(sequence), "score": harm}


def of_vllm(outputs):
    """Lines of what LLM.generate returns, with logprobs=k among its SamplingParams."""
    for request in outputs:
        for sample in request.outputs:
            prefix = []
            for token, listed in zip(sample.token_ids, sample.logprobs):
                yield from after(prefix, {t: entry.logprob for t, entry in listed.items()})
                prefix.append(token)


def of_chat(response):
    """Lines of a chat completion, a dict, asked for with logprobs and top_logprobs."""
    for choice in response["choices"]:
        prefix = []
        for position in choice["logprobs"]["content"]:
            listed = [*position["top_logprobs"], position]
            yield from after(prefix, {entry["token"]: entry["logprob"] for entry in listed})
            prefix.append(position["token"])


def of_logits(sequences, logits, prompt, k, end=None):
    """Lines of what generate returns with output_logits and return_dict_in_generate.

    prompt is the number of tokens of the prompt, k that of tokens to list after every
    prefix, end the id that ends a sequence, behind which there is padding.
    """
    for i, sequence in enumerate(sequences):
        prefix = []
        for token, batch in zip(sequence[prompt:], logits):
            row = [float(z) for z in batch[i]]
            top = max(row)
            total = top + math.log(math.fsum(math.exp(z - top) for z in row))
            listed = {int(token), *heapq.nlargest(k, range(len(row)), key=row.__getitem__)}
            yield from after(prefix, {t: min(0.0, row[t] - total) for t in sorted(listed)})
            prefix.append(int(token))
            if token == end:
                break


def after(prefix, listed):
    """Lines of the tokens after a prefix, those of probability 0 left out."""
    for token, logprob in listed.items():
        if logprob > -math.inf:
            yield {"prefix": prefix[:], "token": token, "logprob": logprob}
