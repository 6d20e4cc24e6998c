using System.Text;
using System.Text.Json;

namespace Pier.Build.Dockerfiles.Parsing;

/// <summary>The "exec form": a JSON array of strings.</summary>
static class JsonForm
{
    /// <summary>
    /// The strings, or null when the text is no JSON array; throws <see cref="InstructionException"/> for an array of other things.
    /// </summary>
    public static IReadOnlyList<string>? Parse(string text)
    {
        if (!text.StartsWith('['))
            return null;
        var words = new List<string>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = 16 });
        try
        {
            reader.Read();
            var onlyStrings = true;
            while (reader.Read() && !(reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == 0))
            {
                if (reader.TokenType == JsonTokenType.String && reader.CurrentDepth == 1)
                    words.Add(reader.GetString()!);
                else
                    onlyStrings = false;
            }
            if (reader.TokenType != JsonTokenType.EndArray)
                return null;
            return onlyStrings
                ? words
                : throw new InstructionException("when using JSON array syntax, arrays must be comprised of strings only");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Text in brackets that is no JSON is a line for the shell.
            return null;
        }
    }
}
