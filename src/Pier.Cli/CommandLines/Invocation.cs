using System.Text;
using Pier.Cli.Transport;

namespace Pier.Cli.CommandLines;

/// <summary>One run of a command: what was asked, and what it may use.</summary>
sealed class Invocation : IDisposable
{
    readonly Lazy<DaemonClient> _client;

    public Invocation(CommandSpec command, ParsedLine line, CliEnvironment environment, ClientConfig config)
    {
        Command = command;
        Line = line;
        Environment = environment;
        Config = config;
        _client = new Lazy<DaemonClient>(config.Connect);
        Out = Writer(environment.Output);
        Error = Writer(environment.Error);
        Error.AutoFlush = true;
    }

    public CommandSpec Command { get; }
    public ParsedLine Line { get; }
    public CliEnvironment Environment { get; }
    public ClientConfig Config { get; }
    public DaemonClient Client => _client.Value;

    /// <summary>Standard output as text, flushed when the command ends. Flush before writing bytes beside it.</summary>
    public StreamWriter Out { get; }

    public StreamWriter Error { get; }

    public IReadOnlyList<string> Arguments => Line.Arguments;

    /// <summary>
    /// Does the same for each argument as docker does: names go out as they are done, errors are collected, the exit code is 1 if any.
    /// </summary>
    public int ForEach(Action<string> action)
    {
        var code = 0;
        foreach (var name in Arguments)
        {
            try
            {
                action(name);
                Out.WriteLine(name);
            }
            catch (DaemonUnreachable)
            {
                throw;
            }
            catch (CliFailure e)
            {
                Out.Flush();
                Error.WriteLine(e.Message);
                code = 1;
            }
        }
        return code;
    }

    public void Dispose()
    {
        Out.Flush();
        if (_client.IsValueCreated)
            _client.Value.Dispose();
    }

    static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(false), bufferSize: 4096, leaveOpen: true) { NewLine = "\n" };
}
