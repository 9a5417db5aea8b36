using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deployment.Commands;
using Deployment.Tests;
using Deployment.Tests.Programs;

namespace Deployment.Providers.Prometheus.Tests.Real;

/// <summary>A Prometheus of a test's own, on loopback, with its data in a temporary folder.</summary>
internal sealed partial class RealPrometheus : IAsyncDisposable
{
    public const string User = "ann";
    public const string Password = "open sesame";

    // Of that password.
    private const string Hash = "$2b$04$abcdefghijklmnopqrstuu/LVz6MZlItEy42I2juLihZ66HnQx/cy";
    private readonly string _folder;
    private readonly RunningProgram _program;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Dictionary<string, Dictionary<string, string>> _targets = [];

    private RealPrometheus(string folder, RunningProgram program)
    {
        _folder = folder;
        _program = program;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
    }

    public static TimeSpan ScrapeInterval { get; } = TimeSpan.FromMilliseconds(500);

    public string Address => $"http://127.0.0.1:{_program.Port}";

    public static async Task<RealPrometheus> StartAsync(bool withPassword = false)
    {
        string program = RealComponent.Require("prometheus");
        string folder = Directory.CreateTempSubdirectory("prometheus-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), """
            global: { scrape_interval: 500ms, scrape_timeout: 500ms }
            scrape_configs:
            - job_name: test
              file_sd_configs: [{ files: ['targets.json'], refresh_interval: 1s }]
            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "targets.json"), "[]");
        await File.WriteAllTextAsync(Path.Combine(folder, "web.yml"), withPassword ? $"basic_auth_users: {{ {User}: '{Hash}' }}" : "");
        return new RealPrometheus(folder, await RunningProgram.StartAsync(
            Command.Of(
                program,
                $"--config.file={folder}/prometheus.yml",
                $"--storage.tsdb.path={folder}/data",
                $"--web.config.file={folder}/web.yml",
                "--web.listen-address=127.0.0.1:0"),
            line => Listening().Match(line) is { Success: true } found ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : null));
    }

    /// <summary>Scrapes processes from now on, each as one of a revision, and waits until they were: Prometheus takes up new ones each 5 s.</summary>
    public async Task ScrapeAsync(params (Exporter Exporter, string Revision)[] instances)
    {
        foreach ((Exporter exporter, string revision) in instances)
        {
            _targets[exporter.Address] = new() { ["revision"] = revision };
        }

        string file = Path.Combine(_folder, "targets.json");
        await File.WriteAllTextAsync(file + ".new", JsonSerializer.Serialize(_targets.Select(target => new { targets = new[] { target.Key }, labels = target.Value })));
        File.Move(file + ".new", file, overwrite: true);
        foreach ((Exporter exporter, _) in instances)
        {
            await Until.TrueAsync(async () => (await ValuesAsync($"up{{instance=\"{exporter.Address}\"}}")).SequenceEqual([1.0]), $"{exporter.Address} is scraped");
        }
    }

    /// <summary>What a query of this moment finds, as people ask it.</summary>
    public async Task<double[]> ValuesAsync(string query) => [.. (await AskAsync(query)).Select(found => found.Value)];

    /// <summary>The same with the times that the answer bears.</summary>
    public async Task<IReadOnlyList<(DateTimeOffset At, double Value)>> AskAsync(string query)
    {
        using var form = new FormUrlEncodedContent([new("query", query)]);
        using HttpResponseMessage answer = await _http.PostAsync(new Uri($"{Address}/api/v1/query"), form);
        if (!answer.IsSuccessStatusCode)
        {
            // It isn't ready yet.
            return [];
        }

        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return
        [
            .. document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(found => found.GetProperty("value"))
                .Select(value => (DateTimeOffset.FromUnixTimeMilliseconds((long)(value[0].GetDouble() * 1000)), double.Parse(value[1].GetString()!, CultureInfo.InvariantCulture))),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _program.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex("msg=\"Listening on\" address=127.0.0.1:([0-9]+)")]
    private static partial Regex Listening();
}
