using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Tests.Support;

namespace Deployment.Providers.Local.Tests.Router.Conformance;

/// <summary>
/// Sends each request of the corpus over a socket of its own to the router and to nginx, which have the same upstream. Where they differ,
/// <c>differences.txt</c> says so and why; nothing else may.
/// </summary>
public sealed partial class ConformanceTests : RouterFixture
{
    // Whoever has understood where the request before ended answers this one and closes.
    private const string Last = "GET /last HTTP/1.1\r\nHost: last\r\nConnection: close\r\n\r\n";
    private const int AtOnce = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly string Received = Path.Combine(Corpus.Folder, "differences.received.txt");
    private static int _nextNginxPort = 12_000 + (Environment.ProcessId % 400 * 5);

    [Test]
    [CancelAfter(300_000)]
    public async Task Corpus_RouterAndNginx_DifferOnlyWhereItIsSaidWhy(CancellationToken cancellationToken)
    {
        (IReadOnlyList<Seen> seen, IReadOnlyList<string> router) = await RunAsync(cancellationToken);

        seen.Count.Should().BeGreaterThanOrEqualTo(150);
        router.Should().NotContain(outcome => outcome.Contains("500", StringComparison.Ordinal) || outcome.Contains("502", StringComparison.Ordinal) || outcome.Contains("504", StringComparison.Ordinal),
            "no request of a client is the application's or the router's failure");
        Dictionary<string, string> reasons = Reasons();
        string[] differing = [.. seen.Where(one => one.Router != one.Nginx).Select(one => $"{one.Name}\t{one.Router}\t{one.Nginx}")];
        string[] said = [.. reasons.Keys];
        if (!differing.Order(StringComparer.Ordinal).SequenceEqual(said.Order(StringComparer.Ordinal)))
        {
            await File.WriteAllLinesAsync(
                Received,
                differing.Select(line => $"{line}\t{reasons.GetValueOrDefault(line, "WHY?")}"),
                cancellationToken);
        }

        differing.Should().BeEquivalentTo(said, $"{Received} has what is, to be moved over the approved file with a reason for each line");
        reasons.Values.Should().OnlyContain(reason => reason.Length > 10 && reason != "WHY?");
        (await MetricsAsync()).Errors.Should().Be(0);
    }

    private static Dictionary<string, string> Reasons() => File.ReadAllLines(Path.Combine(Corpus.Folder, "differences.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .ToDictionary(line => line[..line.LastIndexOf('\t')], line => line[(line.LastIndexOf('\t') + 1)..]);

    private async Task<(IReadOnlyList<Seen> Seen, IReadOnlyList<string> Statuses)> RunAsync(CancellationToken cancellationToken)
    {
        RawUpstream upstream = Own(LenientUpstream.Start());
        Nginx nginx = Own(await Nginx.StartAsync(FreePort.Of(ref _nextNginxPort), upstream.Port));
        // As nginx does by default: a target of 8 KiB, and heads of 32 KiB in all.
        await StartAsync(upstream.Port, RouterSettings.Default);
        using var turns = new SemaphoreSlim(AtOnce);
        var statuses = new System.Collections.Concurrent.ConcurrentBag<string>();
        Seen[] seen = await Task.WhenAll(Corpus.Read().Select(async request =>
        {
            await turns.WaitAsync(cancellationToken);
            try
            {
                string router = await AskAsync(Port, request.Value);
                string nginxAnswer = await AskAsync(nginx.Port, request.Value);
                statuses.Add(StatusesOf(router));
                return new Seen(request.Key, Outcome(router), Outcome(nginxAnswer));
            }
            finally
            {
                turns.Release();
            }
        }));
        return (seen, [.. statuses]);
    }

    private static async Task<string> AskAsync(int port, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        NetworkStream stream = client.GetStream();
        var answer = new StringBuilder();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request + Last), patience.Token);
            byte[] buffer = new byte[16 * 1024];
            int read;
            while ((read = await stream.ReadAsync(buffer, patience.Token)) > 0)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (OperationCanceledException)
        {
            answer.Append("WAITS");
        }
        catch (IOException)
        {
            // Closed while there was still something to be read: what came before counts.
        }

        return answer.ToString();
    }

    /// <summary>What reached the application, in order, and whether something was refused: the wording and the number of a refusal may differ.</summary>
    private static string Outcome(string answer)
    {
        var parts = new List<string>();
        foreach (Match match in Answer().Matches(answer))
        {
            string status = match.Groups["status"].Value;
            string told = Told().Match(match.Groups["rest"].Value).Value;
            parts.Add(status == "200" ? (told.StartsWith("GET /last HTTP/1.1|host=last", StringComparison.Ordinal) ? "next" : told.Length > 0 ? told : "200") : status[0] is '4' or '5' ? "refused" : status);
        }

        if (answer.EndsWith("WAITS", StringComparison.Ordinal))
        {
            parts.Add("waits");
        }

        return parts.Count == 0 ? "closed" : string.Join(" + ", parts.Where(part => part != "100"));
    }

    private static string StatusesOf(string answer) => string.Join(' ', Answer().Matches(answer).Select(match => match.Groups["status"].Value));

    [GeneratedRegex(@"HTTP/1\.[01] (?<status>\d{3})(?<rest>.*?)(?=HTTP/1\.[01] \d{3}|$)", RegexOptions.Singleline)]
    private static partial Regex Answer();

    [GeneratedRegex(@"(?m)^[^\r\n]* HTTP/1\.[01]\|host=[^\r\n]*?(?=$|\r|WAITS)")]
    private static partial Regex Told();

    private sealed record Seen(string Name, string Router, string Nginx);
}
