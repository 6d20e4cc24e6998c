using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pier.Cli.Trust;

/// <summary>The scopes of a policy file, changed by name. What else the file says stays.</summary>
sealed class RepositorySigners(string file)
{
    const string Scopes = "scopes",
        Extension = ".pub";

    /// <summary>
    /// Lets a key vouch for a repository. The first one makes the repository a scope: no other key counts there from then on.
    /// </summary>
    public void Add(string repository, string name)
    {
        var policy = Read();
        var scopes = (JsonObject)(policy[Scopes] ??= new JsonObject());
        var keys = (JsonArray)(scopes[repository] ??= new JsonArray());
        if (keys.All(k => k!.GetValue<string>() != name + Extension))
            keys.Add((JsonNode)JsonValue.Create(name + Extension)!);
        Write(policy);
    }

    /// <summary>
    /// Takes a key out of a repository's scope. Without its last key the scope goes, and what holds elsewhere holds there too: only when
    /// <paramref name="force"/>.
    /// </summary>
    public void Remove(string repository, string name, bool force)
    {
        var policy = Read();
        if (
            policy[Scopes]?[repository] is not JsonArray keys
            || keys.FirstOrDefault(k => k!.GetValue<string>() == name + Extension) is not { } key
        )
            throw new CliFailure($"no signer {name} for repository {repository}");
        if (keys.Count == 1 && !force)
            throw new CliFailure(
                $"{name} is the only signer of {repository}: without one any trusted key would do there. Add another one first, or use --force"
            );
        keys.Remove(key);
        if (keys.Count == 0)
            ((JsonObject)policy[Scopes]!).Remove(repository);
        Write(policy);
    }

    JsonObject Read()
    {
        try
        {
            return File.Exists(file) ? (JsonObject)JsonNode.Parse(File.ReadAllText(file))! : [];
        }
        catch (Exception e) when (e is JsonException or InvalidCastException)
        {
            throw new CliFailure($"{file}: invalid trust policy: {e.Message}");
        }
    }

    void Write(JsonObject policy)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var temp = file + ".new";
        File.WriteAllText(temp, JsonText.Indent(Encoding.UTF8.GetBytes(policy.ToJsonString())) + "\n");
        File.Move(temp, file, overwrite: true);
    }
}
