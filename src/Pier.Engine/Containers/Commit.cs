using Pier.Build.Frontend;
using Pier.Model;
using Pier.Store.Images;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Makes an image of what the container changed, over its own image; the answer is the new image's id.</summary>
    public async Task<string> CommitAsync(string reference, CommitContainer request, CancellationToken ct)
    {
        var container = parts.Containers.Resolve(reference);
        var name =
            request.Repository is not { Length: > 0 } repository ? null
            : request.Tag is { Length: > 0 } tag ? ImageReference.Parse(repository).WithTag(tag)
            : ImageReference.Parse(repository).WithDefaultTag();
        var own = container.Record.Config;
        var config = ConfigMerge.Merge(ConfigChanges.Apply(request.Config ?? own, request.Changes), own);
        var options = new CommitOptions
        {
            Config = config,
            Name = name,
            Author = request.Author,
            Comment = request.Comment,
            CreatedBy = string.Join(' ', own.Cmd ?? []),
        };
        var image = await StillAsync(
                container,
                request.Pause,
                () => Task.Run(() => parts.Store.Images.Commit(Digest.Parse(container.Record.ImageId), container.Id, options, ct), ct),
                ct
            )
            .ConfigureAwait(false);
        Publish(container, "commit", ("comment", request.Comment), ("imageID", image.Id.ToString()), ("imageRef", name?.Familiar ?? ""));
        return image.Id.ToString();
    }

    /// <summary>Freezes a running container while something looks at its files, if asked to.</summary>
    async Task<T> StillAsync<T>(Container container, bool pause, Func<Task<T>> action, CancellationToken ct)
    {
        var paused = false;
        if (pause && container.Status == ContainerStatus.Running)
        {
            try
            {
                await PauseAsync(container.Id, ct).ConfigureAwait(false);
                paused = true;
            }
            catch (ConflictException)
            {
                // It has ended or was paused in between: it is still either way.
            }
        }
        try
        {
            return await action().ConfigureAwait(false);
        }
        finally
        {
            if (paused)
                await ResumeAsync(container).ConfigureAwait(false);
        }
    }

    async Task ResumeAsync(Container container)
    {
        try
        {
            await UnpauseAsync(container.Id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (EngineException e) when (e is ConflictException or NotFoundException)
        {
            // Somebody else unpaused or killed it.
        }
    }
}
