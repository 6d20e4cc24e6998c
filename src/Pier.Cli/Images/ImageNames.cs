namespace Pier.Cli.Images;

/// <summary>Image names as users write them.</summary>
static class ImageNames
{
    /// <summary>The name with ":latest" where it has neither tag nor digest.</summary>
    public static string WithTag(string name)
    {
        if (name.Contains('@'))
            return name;
        return Split(name).Tag.Length > 0 ? name : name + ":latest";
    }

    /// <summary>Repository and tag; a colon before the last slash belongs to a registry's port.</summary>
    public static (string Repository, string Tag) Split(string name)
    {
        var at = name.IndexOf('@');
        if (at >= 0)
            return (name[..at], name[(at + 1)..]);
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? (name[..colon], name[(colon + 1)..]) : (name, "");
    }
}
