using System.Runtime.InteropServices;
using Pier.Cli.Transport;

namespace Pier.Cli.Sessions;

/// <summary>Keeps the process's terminal as large as the client's: once at the beginning, then at each SIGWINCH.</summary>
sealed class WindowFollower : IDisposable
{
    readonly CommandLines.Invocation _call;
    readonly string _path;
    readonly PosixSignalRegistration _registration;

    /// <param name="path">"/containers/ID" or "/exec/ID".</param>
    public WindowFollower(CommandLines.Invocation call, string path)
    {
        (_call, _path) = (call, path);
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Resize());
    }

    /// <summary>Tells the size now. An exec's process may not be there yet: then a few times again.</summary>
    public void Resize()
    {
        var (rows, columns) = _call.Environment.Terminal.Size;
        if (rows == 0 && columns == 0)
            return;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            try
            {
                using var client = _call.Config.Connect();
                client.Call("POST", new QueryString(_path + "/resize").Add("h", rows).Add("w", columns).ToString());
                return;
            }
            catch (Exception e) when (e is CliFailure or IOException)
            {
                Thread.Sleep(10 * (attempt + 1));
            }
        }
    }

    public void Dispose() => _registration.Dispose();
}
