using System.Diagnostics;
using System.Net.Sockets;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Tests;

namespace Deployment.Providers.Local.Tests.Router.Conformance;

/// <summary>A real nginx as proxy to one upstream.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private Nginx(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public static async Task<Nginx> StartAsync(int port, int upstream)
    {
        string program = RealComponent.Require("nginx");
        string folder = Directory.CreateTempSubdirectory("dn-").FullName;
        string file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, $$"""
            daemon off;
            master_process off;
            pid {{folder}}/pid;
            error_log {{folder}}/error.log;
            events { worker_connections 1024; }
            http {
                access_log off;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                upstream app { server 127.0.0.1:{{upstream}}; keepalive 16; }
                server {
                    listen 127.0.0.1:{{port}};
                    location / {
                        proxy_pass http://app;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_set_header Host $http_host;
                    }
                }
            }
            """);
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        foreach (string argument in new[] { "-p", folder, "-e", Path.Combine(folder, "error.log"), "-c", file })
        {
            start.ArgumentList.Add(argument);
        }

        var nginx = new Nginx(Process.Start(start)!, folder, port);
        await Until.TrueAsync(() => AcceptsAsync(port), "nginx listens");
        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<bool> AcceptsAsync(int port)
    {
        using var probe = new TcpClient();
        try
        {
            await probe.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
