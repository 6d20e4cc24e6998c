using System.Text.Json;
using Pier.Cli.Transport;

namespace Pier.Cli.Sessions;

/// <summary>A wait that the daemon has registered when the constructor returns, so that no exit can be missed.</summary>
sealed class ExitWaiter : IDisposable
{
    readonly DaemonAnswer _answer;

    /// <param name="condition">"next-exit", "removed" or "not-running".</param>
    public ExitWaiter(DaemonClient client, string container, string condition) =>
        _answer = client.Open("POST", $"/containers/{QueryString.Escape(container)}/wait?condition={condition}");

    /// <summary>Blocks until the exit; 125 and a message when the daemon cannot tell.</summary>
    public int Wait(TextWriter error)
    {
        try
        {
            using var document = JsonDocument.Parse(_answer.ReadAll());
            var reason = document.RootElement.At("Error").Text("Message");
            if (reason.Length == 0)
                return (int)document.RootElement.Number("StatusCode");
            error.WriteLine($"Error waiting for container: {reason}");
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidDataException)
        {
            error.WriteLine($"error waiting for container: {e.Message}");
        }
        return 125;
    }

    public void Dispose() => _answer.Connection.Dispose();
}
