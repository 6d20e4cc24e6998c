namespace Pier.Build.Solver;

/// <summary>
/// Steps that are being made: several builds that want the same one share it, each with all of its output. It is stopped when the last of
/// them no longer wants it, and whoever stops it waits until it has ended.
/// </summary>
sealed class SharedSteps
{
    readonly Lock _gate = new();
    readonly Dictionary<string, Work> _running = [];

    public async Task<BuiltTree> RunAsync(
        string key,
        Action<int, ReadOnlyMemory<byte>> output,
        Func<Action<int, ReadOnlyMemory<byte>>, CancellationToken, Task<BuiltTree>> make,
        CancellationToken ct
    )
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var work = Join(key, output, make);
            try
            {
                return await work.Task.WaitAsync(ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Stopped by others in the moment of joining: begin anew.
            }
            finally
            {
                await LeaveAsync(work, output).ConfigureAwait(false);
            }
        }
    }

    Work Join(
        string key,
        Action<int, ReadOnlyMemory<byte>> output,
        Func<Action<int, ReadOnlyMemory<byte>>, CancellationToken, Task<BuiltTree>> make
    )
    {
        lock (_gate)
        {
            if (_running.TryGetValue(key, out var running) && !running.Stop.IsCancellationRequested)
            {
                running.Wanted++;
                running.Listen(output);
                return running;
            }
            var work = new Work { Wanted = 1 };
            work.Listen(output);
            _running[key] = work;
            work.Task = Task.Run(async () =>
            {
                try
                {
                    return await make(work.Write, work.Stop.Token).ConfigureAwait(false);
                }
                finally
                {
                    lock (_gate)
                    {
                        if (_running.GetValueOrDefault(key) == work)
                            _running.Remove(key);
                    }
                }
            });
            return work;
        }
    }

    async Task LeaveAsync(Work work, Action<int, ReadOnlyMemory<byte>> output)
    {
        bool last;
        lock (_gate)
        {
            work.Ignore(output);
            last = --work.Wanted == 0 && !work.Task.IsCompleted;
            if (last)
                work.Stop.Cancel();
        }
        if (!last)
            return;
        Task ended = work.Task;
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    sealed class Work
    {
        // What a listener that joins late is told; more than that is told from then on only.
        const int Kept = 1 << 20;

        readonly Lock _gate = new();
        readonly List<Action<int, ReadOnlyMemory<byte>>> _listeners = [];
        readonly List<(int Stream, byte[] Data)> _said = [];
        int _length;

        public CancellationTokenSource Stop { get; } = new();
        public Task<BuiltTree> Task { get; set; } = null!;
        public int Wanted { get; set; }

        public void Write(int stream, ReadOnlyMemory<byte> data)
        {
            lock (_gate)
            {
                if ((_length += data.Length) <= Kept)
                    _said.Add((stream, data.ToArray()));
                foreach (var listener in _listeners)
                    listener(stream, data);
            }
        }

        public void Listen(Action<int, ReadOnlyMemory<byte>> output)
        {
            lock (_gate)
            {
                foreach (var (stream, data) in _said)
                    output(stream, data);
                _listeners.Add(output);
            }
        }

        public void Ignore(Action<int, ReadOnlyMemory<byte>> output)
        {
            lock (_gate)
                _listeners.Remove(output);
        }
    }
}
