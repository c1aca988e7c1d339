"""The peer of `samara bench generate`: llama.cpp on the same GGUF file, on the CPU.

  python llama_cpp.py --model model.gguf --prompt 512 --new 128 --threads 2

prints one line of JSON. It asks for what llama-bench asks for: a prompt of random tokens in one batch of
512 (`n_ubatch`), whose last scores alone are computed, then random tokens one by one, each with its scores;
nothing is chosen from them. Needs llama-cpp-python, whose build decides which instructions are used: one
made on this machine (`pip install --no-binary llama-cpp-python llama-cpp-python`) uses all it has.
"""
import argparse, ctypes, json, os, random, resource, statistics, sys, time

# The script has the package's name: its own folder must not be looked into first.
sys.path[:] = [p for p in sys.path if os.path.abspath(p or ".") != os.path.dirname(os.path.abspath(__file__))]
import llama_cpp


def peak_bytes():
    """The most that was resident; `getrusage` may tell the parent's, so Linux is asked first."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


class Writer:
    """A model's context for some texts, which takes tokens in as llama-bench does."""

    def __init__(self, options):
        self.length = options.prompt + options.new
        parameters = llama_cpp.llama_model_default_params()
        parameters.n_gpu_layers = 0
        self.model = llama_cpp.llama_model_load_from_file(options.model.encode(), parameters)
        if not self.model:
            raise SystemExit(f"{options.model}: llama.cpp cannot load it")
        settings = llama_cpp.llama_context_default_params()
        settings.n_ctx = self.length * options.batch
        settings.n_seq_max = options.batch
        settings.n_batch = max(2048, options.prompt)
        settings.n_ubatch = 512
        settings.n_threads = settings.n_threads_batch = options.threads
        settings.no_perf = True
        self.context = llama_cpp.llama_init_from_model(self.model, settings)
        if not self.context:
            raise SystemExit(f"{options.model}: llama.cpp makes no context of {settings.n_ctx} tokens")
        vocabulary = llama_cpp.llama_model_get_vocab(self.model)
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(vocabulary)
        self.batch = llama_cpp.llama_batch_init(max(options.prompt, options.batch), 0, 1)

    def description(self):
        text = ctypes.create_string_buffer(256)
        llama_cpp.llama_model_desc(self.model, text, len(text))
        return text.value.decode()

    def forget(self):
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), False)

    def take(self, rows):
        """Rows of (token, position, sequence, whether its scores are wanted), in one call."""
        self.batch.n_tokens = len(rows)
        for index, (token, position, sequence, is_scored) in enumerate(rows):
            self.batch.token[index] = token
            self.batch.pos[index] = position
            self.batch.n_seq_id[index] = 1
            self.batch.seq_id[index][0] = sequence
            self.batch.logits[index] = is_scored
        if llama_cpp.llama_decode(self.context, self.batch) != 0:
            raise SystemExit("llama_decode failed")
        llama_cpp.llama_synchronize(self.context)

    def measure(self, texts, prompt, new):
        """Seconds of reading the prompts and of writing behind them."""
        self.forget()
        start = time.perf_counter()
        for sequence, text in enumerate(texts):
            self.take([(text[i], i, sequence, i == prompt - 1) for i in range(prompt)])
        middle = time.perf_counter()
        for position in range(prompt, prompt + new):
            self.take([(text[position], position, s, True) for s, text in enumerate(texts)])
        return middle - start, time.perf_counter() - middle


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--new", type=int, default=128)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    if min(options.prompt, options.batch, options.repeat, options.threads) < 1 or options.new < 0:
        parser.error("expected at least 1 token, text, repetition and thread")
    silent = llama_cpp.llama_log_callback(lambda level, text, data: None)
    llama_cpp.llama_log_set(silent, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    writer = Writer(options)
    draw = random.Random(0)
    texts = [[draw.randrange(writer.vocabulary) for _ in range(writer.length)]
             for _ in range(options.batch)]
    writer.measure(texts, options.prompt, min(4, options.new))  # Pages are touched, buffers made.
    times = [writer.measure(texts, options.prompt, options.new) for _ in range(options.repeat)]
    tokens = options.batch * options.prompt
    written = options.batch * options.new
    print(json.dumps({
        "prefill_tokens_per_s": statistics.median(tokens / prefill for prefill, _ in times),
        "decode_tokens_per_s":
            statistics.median(written / decode for _, decode in times) if written else None,
        "peak_rss_gib": peak_bytes() / 2 ** 30, "threads": options.threads,
        "version": f"llama-cpp-python {llama_cpp.__version__}",
        "description": writer.description(),
    }))


if __name__ == "__main__":
    main()
