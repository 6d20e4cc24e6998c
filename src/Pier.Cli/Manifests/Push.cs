using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Registries;
using Pier.Model;

namespace Pier.Cli.Manifests;

/// <summary>pier manifest push.</summary>
static class Push
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "manifest push",
            Usage = "[OPTIONS] MANIFEST_LIST",
            Summary = "Push a manifest list to a repository",
            Options =
            [
                new("insecure", '\0', "", "Allow push to an insecure registry"),
                new("purge", 'p', "", "Remove the local manifest list after push"),
            ],
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var (list, lists) = (Fetching.Parse(call.Arguments[0]), new LocalLists(call.Config.Directory));
        var members = lists.Members(list);
        var index = Document(members);
        using var door = Fetching.Open(call, list);
        try
        {
            door.PushIndex(
                list,
                index,
                [.. members.Select(m => new ListMember(ImageReference.Parse(m.Ref), new RegistryDocument(m.Descriptor, m.Raw)))]
            );
        }
        catch (EngineException e)
        {
            throw new CliFailure(e.Message);
        }
        foreach (var member in members.Where(m => ImageReference.Parse(m.Ref).Name != list.Name))
            call.Out.WriteLine($"Pushed ref {list.Name}@{member.Descriptor.Digest} with digest: {member.Descriptor.Digest}");
        call.Out.WriteLine(index.Descriptor.Digest);
        if (call.Line.Flag("purge"))
            lists.Remove(list);
        return 0;
    }

    /// <summary>The list as it is pushed: OCI's where every member is, else Docker's.</summary>
    public static RegistryDocument Document(IReadOnlyList<LocalMember> members)
    {
        var type = members.All(m => m.Descriptor.MediaType == MediaTypes.OciManifest) ? MediaTypes.OciIndex : MediaTypes.DockerList;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            new ImageIndex { MediaType = type, Manifests = [.. members.Select(m => m.Descriptor)] },
            ImageJson.Plain.ImageIndex
        );
        return new RegistryDocument(
            new Descriptor
            {
                MediaType = type,
                Digest = Digest.Of(bytes),
                Size = bytes.Length,
            },
            bytes
        );
    }
}
