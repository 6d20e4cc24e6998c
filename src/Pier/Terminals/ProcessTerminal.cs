using Microsoft.Win32.SafeHandles;
using Pier.Cli;
using Pier.Linux.Pty;
using Pier.Linux.Terminals;

namespace Pier.Terminals;

/// <summary>The terminal of this process's standard streams.</summary>
sealed class ProcessTerminal(SafeFileHandle input, SafeFileHandle output) : ITerminal
{
    public bool IsInputTerminal { get; } = TerminalQuery.IsTerminal(input);

    public bool IsOutputTerminal { get; } = TerminalQuery.IsTerminal(output);

    public (int Rows, int Columns) Size => TerminalQuery.Size(output);

    public IDisposable EnterRaw() => new RawMode(input);

    /// <summary>Raw until disposed, also when the process ends by Environment.Exit.</summary>
    sealed class RawMode : IDisposable
    {
        readonly SafeFileHandle _input;
        readonly byte[] _before;
        int _restored;

        public RawMode(SafeFileHandle input)
        {
            _input = input;
            _before = Terminal.MakeRaw(input);
            AppDomain.CurrentDomain.ProcessExit += OnExit;
        }

        public void Dispose()
        {
            AppDomain.CurrentDomain.ProcessExit -= OnExit;
            if (Interlocked.Exchange(ref _restored, 1) == 0)
                Terminal.Restore(_input, _before);
        }

        void OnExit(object? sender, EventArgs e) => Dispose();
    }
}
