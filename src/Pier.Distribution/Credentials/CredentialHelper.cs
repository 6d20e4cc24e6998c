using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Pier.Model;
using Pier.Model.Distribution;

namespace Pier.Distribution.Credentials;

/// <summary>Runs docker-credential-NAME, a program of the user's PATH that speaks JSON on its standard streams.</summary>
static class CredentialHelper
{
    const int MaxAnswer = 64 << 10;
    const string NotFound = "credentials not found in native keychain",
        TokenUser = "<token>";
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Asks a helper whose name was checked; null when it knows nothing of the server. Throws <see cref="HostFailureException"/>.
    /// </summary>
    public static async Task<RegistryCredentials?> GetAsync(string name, string server, CancellationToken ct)
    {
        var program = "docker-credential-" + name;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        var (exit, output) = await RunAsync(program, "get", server, limit.Token);
        if (exit != 0)
        {
            if (output.Contains(NotFound, StringComparison.OrdinalIgnoreCase))
                return null;
            throw new HostFailureException($"error getting credentials - err: exit status {exit}, out: `{output.Trim()}`");
        }
        try
        {
            var answer = JsonSerializer.Deserialize(output, DistributionJson.Plain.CredentialHelperAnswer);
            if (answer is not { Username: { } user, Secret: { } secret })
                return null;
            return user == TokenUser
                ? new RegistryCredentials { IdentityToken = secret }
                : new RegistryCredentials { Username = user, Password = secret };
        }
        catch (JsonException e)
        {
            throw new HostFailureException($"error getting credentials - {program} did not answer with JSON", e);
        }
    }

    static async Task<(int Exit, string Output)> RunAsync(string program, string verb, string input, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, [verb]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new HostFailureException(
                $"error getting credentials - err: exec: \"{program}\": executable file not found in $PATH, out: ``",
                e
            );
        }
        using (process)
        {
            try
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), ct);
                process.StandardInput.Close();
                var buffer = new char[MaxAnswer];
                var length = await process.StandardOutput.ReadBlockAsync(buffer, ct);
                await process.WaitForExitAsync(ct);
                return (process.ExitCode, new string(buffer, 0, length));
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
    }
}
