namespace Pier.Cli;

/// <summary>The terminal that the client runs on, if it does. The client makes no system calls: whoever starts it brings this.</summary>
public interface ITerminal
{
    bool IsInputTerminal { get; }
    bool IsOutputTerminal { get; }

    /// <summary>Rows and columns, or zeros when there is no terminal.</summary>
    (int Rows, int Columns) Size { get; }

    /// <summary>No echo, no line editing, no signals from keys, until disposed.</summary>
    IDisposable EnterRaw();
}
