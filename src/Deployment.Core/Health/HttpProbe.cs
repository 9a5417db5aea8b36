using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Deployment.Commands;

namespace Deployment.Health;

/// <summary>Asks by HTTP GET, over a new connection each time: a pooled one could answer for an instance that is gone.</summary>
internal sealed class HttpProbe(string place, HttpProbeOptions options, Func<HttpMessageHandler> handlers) : InstanceProbe
{
    private const int BodyLimit = 64 * 1024;

    internal static Func<HttpMessageHandler> DirectConnections { get; } = static () => new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    };

    private bool IsAbsolute => !place.StartsWith('/');

    /// <summary>Null when it is a path or a whole address.</summary>
    internal static string? Problem(string? place) =>
        place is not null && (place.StartsWith('/') || (Uri.TryCreate(place, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0))
            && !place.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            ? null
            : $"'{HealthWording.OneLine(WithoutUser(place ?? ""))}' can't be asked by HTTP: give a path that begins with '/', or a whole address with http:// or https:// and without a user.";

    // An address with a password in it must not be shown in the very message that refuses it.
    private static string WithoutUser(string place) => place[(place.LastIndexOf('@') + 1)..];

    /// <inheritdoc/>
    public override CheckDescription Describe(CheckSubject subject, TimeSpan timeout)
    {
        string address = IsAbsolute
            ? CommandLine.Quote(place)
            : CommandLine.Quote(place) == place ? $"\"$ADDRESS{place}\"" : $"\"$ADDRESS\"{CommandLine.Quote(place)}";
        string seconds = timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        string line = options.ExpectedStatus is null
            ? $"curl --fail --silent --show-error --max-time {seconds} {address}"
            : $"curl --silent --show-error --max-time {seconds} --write-out '\\n%{{http_code}}\\n' {address}";
        string status = options.ExpectedStatus is { } one ? $"status {one}" : "a status from 200 to 299";
        return options.ExpectedBody is { } body
            ? new CheckDescription([$"{line} | grep --fixed-strings -e {CommandLine.Quote(body)}"], $"{status} and a body with '{HealthWording.OneLine(body)}'")
            : new CheckDescription([line], status);
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> PlacesAsync(CheckContext context, CancellationToken cancellationToken) =>
        IsAbsolute ? [place] : [.. (await base.PlacesAsync(context, cancellationToken)).Select(address => address + place)];

    /// <inheritdoc/>
    protected override async Task<string?> TryOneAsync(CheckContext context, string address, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(handlers(), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address));
        request.Headers.ConnectionClose = true;
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            string body = await ReadAsync(response.Content, cancellationToken);
            return Judge(address, (int)response.StatusCode, body);
        }
        catch (HttpRequestException exception)
        {
            return exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
                ? $"{address} refused the connection: nothing listens there."
                : $"{address} could not be asked: {HealthWording.Of(exception)}";
        }
        catch (IOException exception)
        {
            return $"{address} broke its answer off: {HealthWording.Of(exception)}";
        }
    }

    private string? Judge(string address, int status, string body)
    {
        if (options.ExpectedStatus is { } one ? status != one : status is < 200 or > 299)
        {
            string expected = options.ExpectedStatus?.ToString(CultureInfo.InvariantCulture) ?? "200 to 299";
            return $"{address} answered {status}, expected {expected}.{(body.Length > 0 ? $" It said: {HealthWording.OneLine(body)}" : "")}";
        }

        return options.ExpectedBody is not { } text || body.Contains(text, StringComparison.Ordinal)
            ? null
            : $"{address} answered {status} without '{HealthWording.OneLine(text)}' in the first 64 KiB of its body{(body.Length > 0 ? $", which begins: {HealthWording.OneLine(body)}" : ", which is empty.")}";
    }

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
        byte[] body = new byte[BodyLimit];
        int length = await stream.ReadAtLeastAsync(body, BodyLimit, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(body, 0, length);
    }
}
