using System.Collections.Frozen;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// Content types of what sites have, by extension: as registered at www.iana.org/assignments/media-types, JavaScript by RFC 9239. The framework's own table
/// comes only with all of ASP.NET Core, and lacks some of these.
/// </summary>
internal static class ContentTypes
{
    public const string Unknown = "application/octet-stream";

    // Browsers guess at the encoding of text that doesn't say it.
    private const string Utf8 = "; charset=utf-8";

    private static readonly FrozenDictionary<string, string> _known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html" + Utf8,
        [".htm"] = "text/html" + Utf8,
        [".xhtml"] = "application/xhtml+xml",
        [".css"] = "text/css" + Utf8,
        [".js"] = "text/javascript" + Utf8,
        [".mjs"] = "text/javascript" + Utf8,
        [".cjs"] = "text/javascript" + Utf8,
        [".txt"] = "text/plain" + Utf8,
        [".md"] = "text/markdown" + Utf8,
        [".csv"] = "text/csv" + Utf8,
        [".ics"] = "text/calendar" + Utf8,
        [".vtt"] = "text/vtt" + Utf8,
        [".vcf"] = "text/vcard" + Utf8,
        [".json"] = "application/json",
        [".map"] = "application/json",
        [".jsonld"] = "application/ld+json",
        [".geojson"] = "application/geo+json",
        [".webmanifest"] = "application/manifest+json",
        [".xml"] = "application/xml",
        [".xsl"] = "application/xslt+xml",
        [".xslt"] = "application/xslt+xml",
        [".rss"] = "application/rss+xml",
        [".atom"] = "application/atom+xml",
        [".yaml"] = "application/yaml",
        [".yml"] = "application/yaml",
        [".wasm"] = "application/wasm",
        [".pdf"] = "application/pdf",
        [".rtf"] = "application/rtf",
        [".zip"] = "application/zip",
        [".gz"] = "application/gzip",
        [".tgz"] = "application/gzip",
        [".zst"] = "application/zstd",
        [".7z"] = "application/x-7z-compressed",
        [".tar"] = "application/x-tar",
        [".epub"] = "application/epub+zip",
        [".doc"] = "application/msword",
        [".docx"] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        [".xls"] = "application/vnd.ms-excel",
        [".xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        [".ppt"] = "application/vnd.ms-powerpoint",
        [".pptx"] = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        [".odt"] = "application/vnd.oasis.opendocument.text",
        [".ods"] = "application/vnd.oasis.opendocument.spreadsheet",
        [".eot"] = "application/vnd.ms-fontobject",
        [".otf"] = "font/otf",
        [".ttf"] = "font/ttf",
        [".woff"] = "font/woff",
        [".woff2"] = "font/woff2",
        [".apng"] = "image/apng",
        [".avif"] = "image/avif",
        [".bmp"] = "image/bmp",
        [".gif"] = "image/gif",
        [".ico"] = "image/vnd.microsoft.icon",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".jxl"] = "image/jxl",
        [".heic"] = "image/heic",
        [".png"] = "image/png",
        [".svg"] = "image/svg+xml",
        [".tif"] = "image/tiff",
        [".tiff"] = "image/tiff",
        [".webp"] = "image/webp",
        [".aac"] = "audio/aac",
        [".flac"] = "audio/flac",
        [".m4a"] = "audio/mp4",
        [".mid"] = "audio/midi",
        [".mp3"] = "audio/mpeg",
        [".oga"] = "audio/ogg",
        [".ogg"] = "audio/ogg",
        [".opus"] = "audio/ogg",
        [".wav"] = "audio/wav",
        [".weba"] = "audio/webm",
        [".m3u8"] = "application/vnd.apple.mpegurl",
        [".mpd"] = "application/dash+xml",
        [".m4v"] = "video/mp4",
        [".mp4"] = "video/mp4",
        [".mpeg"] = "video/mpeg",
        [".mov"] = "video/quicktime",
        [".ogv"] = "video/ogg",
        [".ts"] = "video/mp2t",
        [".webm"] = "video/webm",
        [".gltf"] = "model/gltf+json",
        [".glb"] = "model/gltf-binary",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <param name="key">The file's path in the site.</param>
    /// <param name="own">The user's, which come first.</param>
    public static string Of(string key, IDictionary<string, string> own)
    {
        string name = SitePattern.Name(key);
        int dot = name.LastIndexOf('.');
        if (dot < 0)
        {
            return Unknown;
        }

        string extension = name[dot..];
        return own.TryGetValue(extension, out string? type) || _known.TryGetValue(extension, out type) ? type : Unknown;
    }
}
