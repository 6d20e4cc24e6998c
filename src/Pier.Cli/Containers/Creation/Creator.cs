using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Images;
using Pier.Cli.Transport;

namespace Pier.Cli.Containers.Creation;

/// <summary>Creates the container, pulling its image where it is missing.</summary>
static class Creator
{
    /// <summary>The new container's id. Warnings go to standard error, the id into --cidfile.</summary>
    public static string Create(Invocation call, ContainerRequest request)
    {
        var line = call.Line;
        var pull = line.Text("pull") ?? "missing";
        if (pull is not ("always" or "missing" or "never"))
            throw new CliFailure($"invalid pull option: '{pull}': must be one of \"always\", \"missing\" or \"never\"", 125);
        var idFile = line.Text("cidfile");
        if (idFile is not null && File.Exists(idFile))
            throw new CliFailure($"container ID file found, make sure the other container isn't running or delete {idFile}", 125);
        var path = new QueryString("/containers/create").Add("name", line.Text("name")).Add("platform", line.Text("platform")).ToString();
        // With content trust the container is made of the digest that was signed, whatever a name here points to.
        var image = Trust.ContentTrust.IsOn(call) ? Trust.ContentTrust.Resolve(call, request.Config.Image).Familiar : request.Config.Image;
        var json = (request with { Config = request.Config with { Image = image } }).ToJson();
        if (pull == "always")
            Pull.Image(call, image, line.Text("platform"), line.Flag("quiet"), call.Environment.Error);
        byte[] answer;
        try
        {
            answer = call.Client.Call("POST", path, json);
        }
        catch (DaemonError e) when (e.Status == 404 && pull == "missing" && IsMissingImage(e.Reason))
        {
            if (!line.Flag("quiet"))
                call.Error.WriteLine($"Unable to find image '{ImageNames.WithTag(image)}' locally");
            Pull.Image(call, image, line.Text("platform"), line.Flag("quiet"), call.Environment.Error);
            answer = call.Client.Call("POST", path, json);
        }
        using var document = JsonDocument.Parse(answer);
        foreach (var warning in document.RootElement.Texts("Warnings"))
            call.Error.WriteLine($"WARNING: {warning}");
        var id = document.RootElement.Text("Id");
        request.Socket?.Deliver(call, id);
        if (idFile is not null)
            File.WriteAllText(idFile, id);
        return id;
    }

    /// <summary>No image, or none for the platform that was asked for.</summary>
    static bool IsMissingImage(string reason) =>
        reason.Contains("such image", StringComparison.OrdinalIgnoreCase)
        || reason.StartsWith("image with reference ", StringComparison.Ordinal);
}
