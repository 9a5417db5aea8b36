using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Deployment.Analysis;
using Deployment.Secrets;

namespace Deployment.Providers.Prometheus.Http;

/// <summary>Asks Prometheus. What can't be asked, or answers what can't be used, is a <see cref="MetricSourceException"/>.</summary>
internal sealed class PrometheusClient : IDisposable
{
    private const int MostBytes = 32 * 1024 * 1024;
    private const int MostShown = 2000;
    private const int MostRead = 64 * 1024;
    private readonly PrometheusOptions _options;
    private readonly Uri _root;
    private readonly HttpClient _http;
    private Secret? _secret;

    internal PrometheusClient(Uri root, PrometheusOptions options)
    {
        _options = options;
        _root = root;
        _http = options.Handler is { } handler ? new HttpClient(handler, disposeHandler: false) : new HttpClient(OwnConnections(), disposeHandler: true);

        // Each request has a deadline of its own, by the clock of the options.
        _http.Timeout = System.Threading.Timeout.InfiniteTimeSpan;
    }

    /// <summary>What a question finds.</summary>
    internal async Task<PrometheusAnswer> AskAsync(PrometheusQuestion question, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await AskWithinAsync(question, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Problem(question, $"There was no whole answer within {_options.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s.", null, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Problem(question, $"{_root} could not be asked: {exception.Message}", null, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<PrometheusAnswer> AskWithinAsync(PrometheusQuestion question, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_root, "api/v1/" + question.Path));
        request.Content = new FormUrlEncodedContent(question.Fields(_options.Timeout));
        foreach ((string name, string value) in _options.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        Secret? secret = await AuthenticateAsync(request, question, cancellationToken);
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            // It may have been replaced since it was read.
            _secret = null;
        }

        byte[] body = await BodyAsync(question, response, secret, cancellationToken);
        return Checked(question, response, body, secret);
    }

    private async Task<Secret?> AuthenticateAsync(HttpRequestMessage request, PrometheusQuestion question, CancellationToken cancellationToken)
    {
        if (_options.Authentication is not { } authentication)
        {
            return null;
        }

        Secret secret;
        try
        {
            secret = _secret ??= await _options.Secrets.GetAsync(authentication.SecretName, cancellationToken);
        }
        catch (DeploymentException exception)
        {
            throw Problem(question, exception.Message, null, exception);
        }

        request.Headers.Authorization = authentication.Header(secret)
            ?? throw Problem(question, $"The secret '{authentication.SecretName}' is empty, or has a character that a header can't have, such as a line break at its end.", null);
        return secret;
    }

    private async Task<byte[]> BodyAsync(PrometheusQuestion question, HttpResponseMessage response, Secret? secret, CancellationToken cancellationToken)
    {
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > MostBytes)
            {
                throw Problem(question, $"Its answer is larger than {MostBytes / 1024 / 1024} MiB. Narrow the selector, so that it matches the revision's own series alone.", Shown(body.ToArray(), secret));
            }
        }

        return body.ToArray();
    }

    private PrometheusAnswer Checked(PrometheusQuestion question, HttpResponseMessage response, byte[] body, Secret? secret)
    {
        int status = (int)response.StatusCode;
        string text = Shown(body, secret);
        if (status is >= 300 and < 400)
        {
            throw Problem(question, $"{_root} answered {status}, a redirect, which isn't followed: credentials would go to another place. Give the address that it points to.", text);
        }

        PrometheusEnvelope? envelope = Envelope(body);
        if (status is < 200 or > 299 || envelope is { Status: "error" })
        {
            string said = envelope?.Error is { } error ? $" ({envelope.ErrorType}: {Masked(error, secret)})" : "";
            throw Problem(question, $"It refused with status {status}{said}.", text);
        }

        if (envelope is not { Status: "success", Data: { } data })
        {
            throw Problem(question, "Its answer is not that of the Prometheus HTTP API.", text);
        }

        if (envelope.Warnings is { Count: > 0 } warnings)
        {
            throw Problem(question, $"Its answer may lack data, as it warns: {Masked(string.Join("; ", warnings), secret)}", text);
        }

        try
        {
            return new PrometheusAnswer(_options.Name, question, text, AnswerReader.Read(data));
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException)
        {
            throw Problem(question, exception is FormatException ? exception.Message : "Its answer has text that is none.", text, exception);
        }
    }

    private static PrometheusEnvelope? Envelope(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, PrometheusJson.Default.PrometheusEnvelope);
        }
        catch (JsonException)
        {
            // What stands in its place, such as the page of a proxy, is shown as it is.
            return null;
        }
    }

    private MetricSourceException Problem(PrometheusQuestion question, string problem, string? answer, Exception? cause = null) =>
        new(_options.Name, question.ToString(), problem, answer, cause);

    // An answer may show the request that it is one to. What is cut off is cut off after that, so that no half of a secret is left.
    private string Shown(byte[] body, Secret? secret)
    {
        string text = Masked(Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, MostRead)), secret);
        return text.Length > MostShown ? text[..MostShown] : text;
    }

    private string Masked(string text, Secret? secret) => secret is null ? text : _options.Authentication!.Masked(text, secret);

    private static SocketsHttpHandler OwnConnections() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,

        // A name may lead to another place after a while.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };
}
