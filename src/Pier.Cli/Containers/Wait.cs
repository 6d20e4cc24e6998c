using System.Globalization;
using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers;

/// <summary>pier wait: exit codes, one a line.</summary>
static class Wait
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "wait",
            Usage = "CONTAINER [CONTAINER...]",
            Summary = "Block until one or more containers stop, then print their exit codes",
            Aliases = ["container wait", "wait"],
            MinimumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var code = 0;
        foreach (var name in call.Arguments)
        {
            try
            {
                using var document = JsonDocument.Parse(call.Client.Call("POST", $"/containers/{QueryString.Escape(name)}/wait"));
                call.Out.WriteLine(document.RootElement.Number("StatusCode").ToString(CultureInfo.InvariantCulture));
                call.Out.Flush();
            }
            catch (DaemonError e)
            {
                call.Error.WriteLine(e.Message);
                code = 1;
            }
        }
        return code;
    }
}
