using System.Text;
using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Model;

namespace Pier.Cli.Images;

/// <summary>--platform as the API takes it nearly everywhere: OCI's platform as JSON.</summary>
static class PlatformOption
{
    /// <summary>The JSON, or null where the option is not given.</summary>
    public static string? ToJson(Invocation call)
    {
        if (call.Line.Text("platform") is not { Length: > 0 } text)
            return null;
        try
        {
            return Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(Platform.Parse(text), ImageJson.Plain.Platform));
        }
        catch (EngineException e)
        {
            throw new CliFailure($"invalid platform: {e.Message}");
        }
    }
}
