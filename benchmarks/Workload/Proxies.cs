using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Deployment.Benchmarks.Workload;

/// <summary>The router and nginx as proxies of the same application, which is another nginx that says a short sentence.</summary>
internal sealed class Proxies : IDisposable
{
    private readonly List<IDisposable> _servers = [];

    internal required int RouterPort { get; init; }

    internal required int NginxPort { get; init; }

    internal ChildServer Router { get; private set; } = null!;

    internal ChildServer Nginx { get; private set; } = null!;

    internal static async Task<Proxies> StartAsync(string folder)
    {
        int app = FreePort();
        var proxies = new Proxies { RouterPort = FreePort(), NginxPort = FreePort() };
        try
        {
            proxies._servers.Add(await NginxAsync(Path.Combine(folder, "app"), app, 1, """return 200 "A short answer, as an application gives it to a request that asks for little.\n";""", ""));
            proxies.Nginx = await NginxAsync(
                Path.Combine(folder, "proxy"),
                proxies.NginxPort,
                Environment.ProcessorCount,
                "proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header Host $http_host; "
                    + "proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $http_host;",
                $"upstream app {{ server 127.0.0.1:{app}; keepalive 128; keepalive_requests 100000000; }}");
            proxies._servers.Add(proxies.Nginx);
            proxies.Router = await RouterAsync(Path.Combine(folder, "router"), proxies.RouterPort, app);
            proxies._servers.Add(proxies.Router);
            return proxies;
        }
        catch
        {
            proxies.Dispose();
            throw;
        }
    }

    public void Dispose() => _servers.ForEach(server => server.Dispose());

    private static Task<ChildServer> NginxAsync(string folder, int port, int workers, string location, string http)
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off;
            worker_processes {{workers}};
            worker_rlimit_nofile 20000;
            pid {{folder}}/pid;
            error_log {{folder}}/error.log;
            events { worker_connections 20000; }
            http {
                access_log off;
                keepalive_requests 100000000;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/temp;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                {{http}}
                server { listen 127.0.0.1:{{port}} backlog=4096; location / { default_type text/plain; {{location}} } }
            }
            """);
        return ChildServer.StartAsync("nginx", port, "-p", folder, "-e", Path.Combine(folder, "error.log"), "-c", file);
    }

    // As a supervisor starts one: the assembly, its table and nothing else.
    private static Task<ChildServer> RouterAsync(string folder, int port, int app)
    {
        string tables = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"router-{port}"));
        Directory.CreateDirectory(tables);
        File.WriteAllText(
            Path.Combine(tables, "local.json"),
            $$$$"""{"generation":1,"epoch":1,"target":"local","application":"shop","address":"127.0.0.1","port":{{{{port}}}},"revisions":{"shop_1.0.0_1":{"percent":100,"ports":[{{{{app}}}}]}}}""");
        return ChildServer.StartAsync(
            "dotnet", port, "exec", Path.Combine(AppContext.BaseDirectory, "Deployment.Providers.Local.dll"), "router", folder, port.ToString(CultureInfo.InvariantCulture));
    }

    internal static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
