using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Deployment.Strategies.FeatureFlags;

/// <summary>The text of a file with feature flags. Only the bytes of one flag are ever exchanged, so everything else stays as somebody wrote it.</summary>
internal sealed class FlagFileText
{
    private const string Section = "feature_management";
    private const string List = "feature_flags";
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private readonly string _path;
    private readonly byte[] _bytes;
    private readonly List<FoundFlag> _flags = [];

    private FlagFileText(string path, byte[] bytes)
    {
        _path = path;
        _bytes = bytes;
    }

    /// <exception cref="DeploymentException">It is no such file; the message says where.</exception>
    internal static FlagFileText Read(string path, byte[] bytes)
    {
        var text = new FlagFileText(path, bytes);
        try
        {
            // Whatever reads the file last of two equal names decides which counts, so such a file says nothing for sure.
            using JsonDocument whole = JsonDocument.Parse(bytes.AsMemory(Mark(bytes)), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
            text.Locate();
        }
        catch (Exception error) when (error is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            throw new DeploymentException($"The file with feature flags {path} can't be read: {error.Message} Mend it there.", error);
        }

        if (text._flags.GroupBy(flag => flag.Id, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new DeploymentException($"The file with feature flags {path} has {twice.Count()} flags '{twice.Key}' (capitals count for nothing). Leave one.");
        }

        return text;
    }

    internal FoundFlag? Find(string flag) => _flags.FirstOrDefault(found => found.Id == flag);

    /// <summary>The file with another definition of one flag, indented as that stands.</summary>
    internal byte[] With(FoundFlag flag, string definition)
    {
        int line = flag.Start;
        while (line > 0 && _bytes[line - 1] is (byte)' ' or (byte)'\t')
        {
            line--;
        }

        byte[] indent = line == 0 || _bytes[line - 1] == (byte)'\n' ? _bytes[line..flag.Start] : [];
        return [.. _bytes.AsSpan(0, flag.Start), .. Encoding.UTF8.GetBytes(Indented(definition).ReplaceLineEndings("\n" + Encoding.UTF8.GetString(indent))), .. _bytes.AsSpan(flag.End)];
    }

    private static string Indented(string definition)
    {
        using JsonDocument json = JsonDocument.Parse(definition);
        return Write(json.RootElement, indented: true);
    }

    internal static string Write(JsonElement json, bool indented = false)
    {
        using var stream = new MemoryStream();
        // It goes into a file, not into a page: quotes and letters of all languages stay readable.
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = indented, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private void Locate()
    {
        int mark = Mark(_bytes);
        var reader = new Utf8JsonReader(_bytes.AsSpan(mark), Lenient);
        Enter(ref reader, JsonTokenType.StartObject, "The file");
        if (!Seek(ref reader, Section) || !EnterValue(ref reader, JsonTokenType.StartObject, Section) || !Seek(ref reader, List) || !EnterValue(ref reader, JsonTokenType.StartArray, List))
        {
            throw new JsonException($"It has no list {Section}.{List}, which is the schema of Microsoft.FeatureManagement.");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            int start = (int)reader.TokenStartIndex + mark;
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException($"{Section}.{List} has an entry that is no object.");
            }

            reader.Skip();
            Add(start, (int)reader.BytesConsumed + mark);
        }
    }

    private void Add(int start, int end)
    {
        using JsonDocument flag = JsonDocument.Parse(_bytes.AsMemory(start..end), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        string? id = flag.RootElement.TryGetProperty("id", out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        _flags.Add(new FoundFlag(string.IsNullOrEmpty(id) ? throw new JsonException($"{Section}.{List} has a flag without an id.") : id, start, end, Write(flag.RootElement)));
    }

    private static void Enter(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException($"{what} is no {(type == JsonTokenType.StartArray ? "list" : "object")}.");
        }
    }

    private static bool EnterValue(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        Enter(ref reader, type, what);
        return true;
    }

    /// <summary>Whether the object that was entered has such a property; the reader then stands at its name. Configuration knows no capitals.</summary>
    private static bool Seek(ref Utf8JsonReader reader, string name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (string.Equals(reader.GetString(), name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    /// <summary>How many bytes the mark of UTF-8 takes that some editors put first.</summary>
    private static int Mark(byte[] bytes) => bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
}
