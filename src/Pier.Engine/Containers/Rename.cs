using Pier.Model;

namespace Pier.Engine.Containers;

public sealed partial class ContainerService
{
    public async Task RenameAsync(string reference, string name, CancellationToken ct)
    {
        name = name.TrimStart('/');
        if (name.Length == 0) throw new InvalidParameterException("Neither old nor new names may be empty");
        if (!ValidName().IsMatch(name)) throw new InvalidParameterException($"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        var container = parts.Containers.Resolve(reference);
        await container.Gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var old = container.Record.Name;
            if (old == name) throw new InvalidParameterException("Renaming a container with the same name as its current name");
            parts.Containers.Reserve(name, container.Id);
            try
            {
                Save(container, container.Record with { Name = name });
            }
            catch
            {
                parts.Containers.Unreserve(name, container.Id);
                throw;
            }
            parts.Containers.Unreserve(old, container.Id);
            Publish(container, "rename", ("oldName", "/" + old));
        }
        finally
        {
            container.Gate.Release();
        }
    }
}
