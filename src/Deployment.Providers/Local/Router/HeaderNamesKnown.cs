using System.Collections.Frozen;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Deployment.Providers.Local.Router;

/// <summary>Header names as strings, without making a new one for each that is well known.</summary>
internal static class HeaderNamesKnown
{
    private const int Longest = 64;

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Known = new[]
    {
        HeaderNames.AcceptRanges, HeaderNames.AccessControlAllowCredentials, HeaderNames.AccessControlAllowHeaders, HeaderNames.AccessControlAllowMethods,
        HeaderNames.AccessControlAllowOrigin, HeaderNames.AccessControlExposeHeaders, HeaderNames.AccessControlMaxAge, HeaderNames.Age, HeaderNames.Allow,
        HeaderNames.AltSvc, HeaderNames.CacheControl, HeaderNames.Connection, HeaderNames.ContentDisposition, HeaderNames.ContentEncoding,
        HeaderNames.ContentLanguage, HeaderNames.ContentLength, HeaderNames.ContentLocation, HeaderNames.ContentRange, HeaderNames.ContentSecurityPolicy,
        HeaderNames.ContentType, HeaderNames.Date, HeaderNames.ETag, HeaderNames.Expires, HeaderNames.KeepAlive, HeaderNames.LastModified, HeaderNames.Link,
        HeaderNames.Location, HeaderNames.Pragma, HeaderNames.RetryAfter, HeaderNames.SecWebSocketAccept, HeaderNames.Server, HeaderNames.SetCookie,
        HeaderNames.StrictTransportSecurity, HeaderNames.Trailer, HeaderNames.TransferEncoding, HeaderNames.Upgrade, HeaderNames.Vary, HeaderNames.Via,
        HeaderNames.WWWAuthenticate, HeaderNames.XContentTypeOptions, HeaderNames.XFrameOptions, HeaderNames.XPoweredBy, HeaderNames.XXSSProtection,
    }.ToFrozenDictionary(name => name, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    public static string Of(ReadOnlySpan<byte> name)
    {
        if (name.Length <= Longest)
        {
            Span<char> text = stackalloc char[Longest];
            text = text[..Encoding.Latin1.GetChars(name, text)];
            if (Known.TryGetValue(text, out string? known))
            {
                return known;
            }
        }

        return Encoding.Latin1.GetString(name);
    }
}
