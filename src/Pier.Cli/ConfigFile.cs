using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pier.Cli;

/// <summary>The client's config.json as commands change it. Whatever they do not know stays as it was.</summary>
sealed class ConfigFile(string directory)
{
    string FilePath => Path.Combine(directory, "config.json");

    /// <summary>The file's object; an empty one when there is no file.</summary>
    public JsonObject Load()
    {
        try
        {
            return File.Exists(FilePath) && JsonNode.Parse(File.ReadAllText(FilePath)) is JsonObject file ? file : new JsonObject();
        }
        catch (JsonException e)
        {
            throw new CliFailure($"Error loading config file: {FilePath}: {e.Message}");
        }
    }

    /// <summary>Writes it, readable by its owner alone. A link stays one: the file behind it is replaced.</summary>
    public void Save(JsonObject file)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var info = new FileInfo(FilePath);
        var target = info.LinkTarget is null ? FilePath : info.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        var temporary = $"{target}.{Environment.ProcessId}";
        using (
            var stream = new FileStream(
                temporary,
                new FileStreamOptions
                {
                    Mode = FileMode.Create,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            )
        )
        using (
            var writer = new Utf8JsonWriter(
                stream,
                new JsonWriterOptions
                {
                    Indented = true,
                    IndentCharacter = '\t',
                    IndentSize = 1,
                }
            )
        )
            file.WriteTo(writer);
        File.Move(temporary, target, overwrite: true);
    }
}
