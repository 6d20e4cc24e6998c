using System.Text;
using Pier.Cli;

namespace Pier.UnitTests.Cli;

/// <summary>Runs the client in this process, with its streams kept.</summary>
sealed record CliRun(int Code, string Out, string Error)
{
    public static CliRun Of(string? socket, params string[] arguments) => Of(socket, new Dictionary<string, string>(), "", arguments);

    public static CliRun Of(string? socket, Dictionary<string, string> variables, string input, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var code = CliProgram.Run(
            arguments,
            new CliEnvironment
            {
                Input = new MemoryStream(Encoding.UTF8.GetBytes(input)),
                Output = output,
                Error = error,
                Terminal = new NoTerminal(),
                Variable = name => name == "PIER_HOST" && socket is not null ? "unix://" + socket : variables.GetValueOrDefault(name),
                Now = () => DateTimeOffset.FromUnixTimeSeconds(1_800_000_000),
            }
        );
        return new CliRun(code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    sealed class NoTerminal : ITerminal
    {
        public bool IsInputTerminal => false;
        public bool IsOutputTerminal => false;
        public (int Rows, int Columns) Size => (0, 0);

        public IDisposable EnterRaw() => throw new InvalidOperationException("there is no terminal");
    }
}
