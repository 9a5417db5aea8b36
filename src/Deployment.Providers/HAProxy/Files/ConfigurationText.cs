using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Providers.HAProxy.Runtime;
using Deployment.Providers.HAProxy.Sites;

namespace Deployment.Providers.HAProxy.Files;

/// <summary>A site's configuration for HAProxy. Whatever of it is from outside was checked with the options, or is made of numbers.</summary>
internal sealed class ConfigurationText(HAProxyOptions options, SitePaths paths)
{
    private const string Idle = "127.0.0.1:9";

    /// <summary>For each lane twice as many servers as instances, so that all can be replaced at once.</summary>
    public int Servers => 2 * options.InstancesPerLane;

    public string Nothing => $"{options.Site}-none";

    /// <summary>The name of a server that serves nothing: by it a running HAProxy tells which settings it was started with.</summary>
    public string Mark => "settings-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Write(new SiteState(), ""))))[..16];

    /// <summary>The whole file.</summary>
    public string Write(SiteState state) => Write(state, Mark);

    /// <summary>A configuration in which sites can be: what a new HAProxy starts with.</summary>
    public static string Start(RuntimeAddress address) => $"""
        # A start, written by Deployment.Providers.HAProxy; it is yours, and isn't written again. Start with this file and with that of each site:
        #   haproxy -W -f haproxy.cfg -f SITE.cfg
        global
            stats socket {address.Listening}
            stats timeout 30s
            hard-stop-after 1h

        defaults
            mode http
            timeout connect 5s
            timeout client 60s
            timeout server 60s

        """;

    private string Write(SiteState state, string mark)
    {
        var text = new StringBuilder();
        text.Append(Invariant($"""
            # The site {options.Site}, written by Deployment.Providers.HAProxy with each switch: change the router's options, not this file.
            global
                lua-load {paths.Lua}

            frontend {options.Site}
                bind {Bind(options.Bind)}
            {Common()}{Routing()}
            """));
        if (options.PreviewBind is { } preview)
        {
            text.Append(Invariant($"""

                frontend {options.Site}-preview
                    bind {Bind(preview)}
                {Common()}    http-request set-var(txn.deployment_lane) int({StateText.Preview}),map_int({paths.Map})
                    use_backend %[var(txn.deployment_lane)] if {Known("lane")}
                    default_backend {Nothing}

                """));
        }

        text.Append(Invariant($"""

            backend {Nothing}
                mode http
                http-request return status 503 content-type text/plain hdr Retry-After 10 hdr Cache-Control no-store string "Nothing is served."
                server {(mark.Length > 0 ? mark : "settings")} {Idle} disabled

            """));
        foreach (int lane in Enumerable.Range(1, options.Lanes))
        {
            text.Append(Lane(lane, state.Lanes.FirstOrDefault(entry => entry.Number == lane)?.Places ?? []));
        }

        return text.ToString();
    }

    private string Bind(string bind) => BindAddress.TryParse(bind)!.Text + (options.Certificate is { } certificate ? $" ssl crt {certificate} alpn h2,http/1.1" : "");

    private string Common() => Invariant($$"""
            mode http
            timeout client {{Milliseconds(options.ClientTimeout)}}
            timeout http-request 10s
            option forwardfor
            http-request set-var(txn.deployment_began) date(0,us)
            http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
            http-request use-service lua.{{options.Site}}-maintenance if { int({{StateText.Page}}),map_int({{paths.Map}}) -m found }

        """);

    private string Routing()
    {
        List<string> rules = [];
        foreach (string value in Values(options.TesterHeader, options.TesterCookie))
        {
            rules.Add($"http-request set-var(txn.deployment_lane) {value},map_str({paths.Names}) if !{Known("lane")}");
        }

        foreach (string value in Values(options.StickyHeader, options.StickyCookie))
        {
            rules.Add($"http-request set-var(txn.deployment_user) {value} if !{Known("user")} {{ {value},length gt 0 }}");
        }

        if (options.IssueStickyCookie)
        {
            rules.Add($"http-request set-var(txn.deployment_issued) uuid if !{Known("user")}");
            rules.Add($"http-request set-var(txn.deployment_user) var(txn.deployment_issued) if !{Known("user")}");
            string lifetime = options.StickyCookieLifetime is { } seconds ? Invariant($"; Max-Age={(long)seconds.TotalSeconds}") : "";
            rules.Add($"http-after-response add-header Set-Cookie \"{options.StickyCookie}=%[var(txn.deployment_issued)]; Path=/; HttpOnly; SameSite=Lax{(options.Certificate is null ? "" : "; Secure")}{lifetime}\" if {Known("issued")}");
        }

        rules.AddRange([
            Invariant($"http-request set-var(txn.deployment_number) rand({Shares.Numbers})"),
            Invariant($"http-request set-var(txn.deployment_number) var(txn.deployment_user),xxh32,mod({Shares.Numbers}) if {Known("user")}"),
            $"http-request set-var(txn.deployment_lane) var(txn.deployment_number),map_int({paths.Map}) if !{Known("lane")}",
            $"use_backend %[var(txn.deployment_lane)] if {Known("lane")}",
            $"default_backend {Nothing}",
        ]);
        return string.Concat(rules.Select(rule => $"    {rule}\n"));
    }

    private string Lane(int lane, ImmutableArray<Place> places)
    {
        string health = options.HealthPath is { } path ? $"    option httpchk GET {path}\n    http-check expect status 200-399\n" : "";
        IEnumerable<string> servers = Enumerable.Range(1, Servers).Select(number => places.FirstOrDefault(place => place.Number == number) is { } place
            ? Invariant($"    server {place.Server} {(place.Address.Contains(':', StringComparison.Ordinal) ? $"[{place.Address}]" : place.Address)}:{place.Instance.Port}\n")
            : Invariant($"    server s{number} {Idle} disabled\n"));
        return Invariant($$"""

            backend {{StateText.Backend(options.Site, lane)}}
                mode http
                balance roundrobin
                timeout connect {{Milliseconds(options.ConnectTimeout)}}
                timeout server {{Milliseconds(options.ServerTimeout)}}
                timeout tunnel {{Milliseconds(options.TunnelTimeout)}}
                timeout queue 10s
                option redispatch 1
                retries {{options.Retries}}
                retry-on conn-failure empty-response
                http-request disable-l7-retry unless METH_GET
            {{health}}    http-error status 503 content-type text/plain hdr Retry-After 1 hdr Cache-Control no-store string "No instance answers."
                stick-table type integer size 1k store gpc0
                http-response set-var(txn.deployment_took) date(0,us),sub(txn.deployment_began)
                http-response track-sc0 var(txn.deployment_took),map_int_int({{paths.Latency}},{{LatencyBuckets.Bounds.Length}})
                http-response sc-inc-gpc0(0)
                default-server check inter {{Milliseconds(options.HealthInterval)}} fastinter {{Milliseconds(options.HealthInterval / 4)}} fall 3 rise 1
            {{string.Concat(servers)}}
            """);
    }

    private static IEnumerable<string> Values(string? header, string? cookie) =>
        [.. header is null ? Array.Empty<string>() : [$"req.fhdr({header},1)"], .. cookie is null ? Array.Empty<string>() : [$"req.cook({cookie})"]];

    private static string Known(string variable) => $"{{ var(txn.deployment_{variable}) -m found }}";

    private static string Milliseconds(TimeSpan time) => Invariant($"{(long)Math.Max(10, time.TotalMilliseconds)}ms");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
