using Microsoft.Win32.SafeHandles;
using Pier.Cli;
using Pier.Linux.Terminals;

namespace Pier.Terminals;

/// <summary>Runs the client on this process's standard streams.</summary>
static class Client
{
    /// <summary>The exit code.</summary>
    public static int Run(string[] arguments)
    {
        var (input, output, error) = (Standard(0), Standard(1), Standard(2));
        return CliProgram.Run(
            arguments,
            new CliEnvironment
            {
                Input = new ClientStream(new DescriptorStream(input, writes: false)),
                Output = new ClientStream(new DescriptorStream(output, writes: true)),
                Error = new ClientStream(new DescriptorStream(error, writes: true)),
                Terminal = new ProcessTerminal(input, output),
                Version = BuildIdentity.Version,
                Revision = BuildIdentity.Revision,
                Programs = ClientPrograms.Start,
                Registries = Pier.Registries.ClientRegistryDoor.Open,
            }
        );
    }

    static SafeFileHandle Standard(int number) => new(number, ownsHandle: false);
}
