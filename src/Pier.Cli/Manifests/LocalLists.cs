using System.Text.Json;
using System.Text.Json.Serialization;
using Pier.Model;

namespace Pier.Cli.Manifests;

/// <summary>A member of a manifest list that is being made. Raw is the manifest's text.</summary>
sealed record LocalMember(string Ref, Descriptor Descriptor, byte[] Raw);

[JsonSerializable(typeof(LocalMember))]
sealed partial class ManifestsJson : JsonSerializerContext;

/// <summary>Manifest lists between `manifest create` and `manifest push`: manifests/LIST/MEMBER in the client's directory.</summary>
sealed class LocalLists(string configDirectory)
{
    readonly string _root = Path.Combine(configDirectory, "manifests");

    public bool Has(ImageReference list) => Directory.Exists(PathOf(list));

    public IReadOnlyList<LocalMember> Members(ImageReference list)
    {
        if (!Has(list))
            throw new CliFailure($"No such manifest: {list}");
        return [.. Directory.GetFiles(PathOf(list)).Order(StringComparer.Ordinal).Select(Read)];
    }

    public void Put(ImageReference list, LocalMember member)
    {
        Directory.CreateDirectory(PathOf(list));
        var file = Path.Combine(PathOf(list), Name(member.Ref));
        File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(member, ManifestsJson.Default.LocalMember));
        File.Move(file + ".new", file, overwrite: true);
    }

    public bool Remove(ImageReference list)
    {
        if (!Has(list))
            return false;
        Directory.Delete(PathOf(list), recursive: true);
        return true;
    }

    string PathOf(ImageReference list) => Path.Combine(_root, Name(list.ToString()));

    // A reference's grammar has no "..": what is left of a name leads nowhere.
    static string Name(string reference) => reference.Replace(':', '-').Replace('/', '_');

    static LocalMember Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), ManifestsJson.Default.LocalMember)
                ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new CliFailure($"{file}: {e.Message}");
        }
    }
}
