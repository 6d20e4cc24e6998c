using Pier.Model;
using Pier.Model.Distribution;

namespace Pier.Distribution.Credentials;

/// <summary>
/// Credentials of ~/.docker/config.json, and of the helpers that it names. A registry with a helper has what the helper says and nothing
/// else: a helper that fails is never made up for by another entry (CVE-2021-41092).
/// </summary>
public sealed class DockerConfigCredentials(string path) : ICredentialSource
{
    /// <summary>The user's file: $DOCKER_CONFIG/config.json or ~/.docker/config.json.</summary>
    public static string DefaultPath => Path.Combine(DefaultDirectory, "config.json");

    static string DefaultDirectory =>
        Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } directory
            ? directory
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");

    public async ValueTask<RegistryCredentials?> FindAsync(string host, CancellationToken ct)
    {
        if (Load() is not { } config)
            return null;
        if (config.HelperOf(host) is { } helper)
            return await CredentialHelper.GetAsync(helper, DockerConfigFile.KeyOf(host), ct);
        if (config.AuthOf(host) is not { } auth)
            return null;
        var (username, password) = auth.Login();
        return new RegistryCredentials
        {
            Username = username,
            Password = password,
            IdentityToken = auth.IdentityToken,
            RegistryToken = auth.RegistryToken,
        };
    }

    DockerConfigFile? Load()
    {
        try
        {
            return DockerConfigFile.Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostFailureException($"could not read {path}: {e.Message}", e);
        }
    }
}
