using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Pier.Cli.Registries;

/// <summary>
/// Registry credentials of ~/.docker/config.json: "auths", or the helper programs that "credHelpers" and "credsStore" name. A registry with
/// a helper has what the helper says and nothing else.
/// </summary>
sealed class CredentialFile(string directory)
{
    /// <summary>The key under which Docker Hub's credentials are kept.</summary>
    public const string Hub = "https://index.docker.io/v1/";

    static readonly TimeSpan HelperLimit = TimeSpan.FromSeconds(30);

    readonly ConfigFile _config = new(directory);

    /// <summary>The key of the registry that an image name belongs to.</summary>
    public static string KeyOf(string image)
    {
        var slash = image.IndexOf('/');
        var first = slash < 0 ? "" : image[..slash];
        return first.AsSpan().ContainsAny('.', ':') || first == "localhost" ? (first == "docker.io" ? Hub : first) : Hub;
    }

    /// <summary>The X-Registry-Auth header for a registry: base64url of the credentials, or of "{}" when there are none.</summary>
    public string Header(string key)
    {
        var found = Find(key) ?? new JsonObject();
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(found.ToJsonString())).Replace('+', '-').Replace('/', '_');
    }

    /// <summary>Credentials as the API takes them, or null.</summary>
    public JsonObject? Find(string key)
    {
        var file = _config.Load();
        if (HelperOf(file, key) is { } helper)
            return FromHelper(helper, key);
        if (file["auths"]?[key] is not JsonObject entry)
            return null;
        var result = new JsonObject { ["serveraddress"] = key };
        if (entry["auth"]?.GetValue<string>() is { Length: > 0 } both)
        {
            var plain = Encoding.UTF8.GetString(Convert.FromBase64String(both));
            var colon = plain.IndexOf(':');
            if (colon > 0)
                (result["username"], result["password"]) = (plain[..colon], plain[(colon + 1)..].TrimEnd('\0'));
        }
        if (entry["identitytoken"]?.GetValue<string>() is { Length: > 0 } token)
            result["identitytoken"] = token;
        return result;
    }

    /// <summary>Every registry's credentials as the API takes them, by the registry's key.</summary>
    public JsonObject Each()
    {
        var result = new JsonObject();
        foreach (var key in Keys(_config.Load()))
            if (Find(key) is { } found)
                result[key] = found;
        return result;
    }

    /// <summary>The registries that credentials are kept for.</summary>
    public IEnumerable<string> Known() => Keys(_config.Load());

    static IEnumerable<string> Keys(JsonObject file) =>
        (file["auths"] as JsonObject ?? []).Select(a => a.Key).Union((file["credHelpers"] as JsonObject ?? []).Select(h => h.Key));

    /// <summary>Every registry's credentials as the "auths" of a file that needs no helper.</summary>
    public JsonObject All()
    {
        var result = new JsonObject();
        var file = _config.Load();
        foreach (var key in Keys(file))
        {
            if (Find(key) is not { } found)
                continue;
            var entry = new JsonObject();
            var (user, password) = (found["username"]?.GetValue<string>() ?? "", found["password"]?.GetValue<string>() ?? "");
            if (user.Length + password.Length > 0)
                entry["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
            if (found["identitytoken"]?.GetValue<string>() is { Length: > 0 } token)
                entry["identitytoken"] = token;
            result[key] = entry;
        }
        return result;
    }

    /// <summary>Keeps credentials. True when a helper took them, so that nothing secret is in the file.</summary>
    public bool Store(string key, string username, string password, string identityToken)
    {
        var file = _config.Load();
        if (HelperOf(file, key) is { } helper)
        {
            var secret = new JsonObject
            {
                ["ServerURL"] = key,
                ["Username"] = identityToken.Length > 0 ? "<token>" : username,
                ["Secret"] = identityToken.Length > 0 ? identityToken : password,
            };
            RunHelper(helper, "store", secret.ToJsonString());
            Auths(file)[key] = new JsonObject();
            _config.Save(file);
            return true;
        }
        var entry = new JsonObject
        {
            ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{(identityToken.Length > 0 ? "" : password)}")),
        };
        if (identityToken.Length > 0)
            entry["identitytoken"] = identityToken;
        Auths(file)[key] = entry;
        _config.Save(file);
        return false;
    }

    /// <summary>Forgets a registry; false when it was not known.</summary>
    public bool Erase(string key)
    {
        var file = _config.Load();
        if (HelperOf(file, key) is { } helper)
            RunHelper(helper, "erase", key);
        var known = file["auths"] is JsonObject auths && auths.Remove(key);
        if (known)
            _config.Save(file);
        return known;
    }

    static JsonObject Auths(JsonObject file)
    {
        if (file["auths"] is JsonObject auths)
            return auths;
        var made = new JsonObject();
        file["auths"] = made;
        return made;
    }

    static string? HelperOf(JsonObject file, string key) =>
        file["credHelpers"]?[key]?.GetValue<string>() ?? file["credsStore"]?.GetValue<string>();

    static JsonObject? FromHelper(string helper, string key)
    {
        var answer = RunHelper(helper, "get", key, absentIsNull: true);
        if (answer is null || JsonNode.Parse(answer) is not JsonObject found)
            return null;
        var (user, secret) = (found["Username"]?.GetValue<string>() ?? "", found["Secret"]?.GetValue<string>() ?? "");
        return user == "<token>"
            ? new JsonObject { ["serveraddress"] = key, ["identitytoken"] = secret }
            : new JsonObject
            {
                ["serveraddress"] = key,
                ["username"] = user,
                ["password"] = secret,
            };
    }

    // The name becomes a part of a program's name: nothing that leads elsewhere (CVE-2021-41092 and its kin).
    static string? RunHelper(string helper, string verb, string input, bool absentIsNull = false)
    {
        if (helper.Length == 0 || helper.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"))
            throw new CliFailure($"invalid credential helper name: {helper}");
        var start = new ProcessStartInfo("docker-credential-" + helper, verb)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEnd();
            if (!process.WaitForExit(HelperLimit))
                throw new CliFailure($"docker-credential-{helper} does not answer");
            if (process.ExitCode == 0)
                return output;
            if (absentIsNull && output.Contains("credentials not found", StringComparison.Ordinal))
                return null;
            throw new CliFailure($"error getting credentials - err: exit status {process.ExitCode}, out: `{output.Trim()}`");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CliFailure($"error getting credentials - err: exec: \"docker-credential-{helper}\": {e.Message}");
        }
    }
}
