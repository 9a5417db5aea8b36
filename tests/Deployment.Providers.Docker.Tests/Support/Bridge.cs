using Deployment.Commands;
using Deployment.Tests;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>A network bridge with a subnet of its own, for one daemon.</summary>
internal sealed class Bridge : IAsyncDisposable
{
    private Bridge(string name, string subnet)
    {
        Name = name;
        Subnet = subnet;
    }

    public string Name { get; }

    public string Subnet { get; }

    /// <summary>Makes one; skips the test where this user may not.</summary>
    public static async Task<Bridge> CreateAsync()
    {
        int number = Random.Shared.Next(0, 16 * 254);
        for (int attempt = 0; attempt < 50; attempt++, number = (number + 1) % (16 * 254))
        {
            // Of 172.16.0.0/12 the last part, which Docker takes last.
            string subnet = $"172.{16 + 15 - (number / 254)}.{1 + (number % 254)}.";
            var bridge = new Bridge($"dt{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()[..5])}", subnet + "0/24");
            if ((await Tool.SucceedsAsync("ip", "-4", "addr")).Contains(subnet, StringComparison.Ordinal))
            {
                continue;
            }

            CommandResult made = await Tool.RunAsync(Command.Of("ip", "link", "add", bridge.Name, "type", "bridge"));
            if (made.ExitCode != 0)
            {
                Assert.Ignore($"Missing component: the right to add a network bridge, which takes root. {made.Error}");
            }

            await Tool.SucceedsAsync("ip", "addr", "add", subnet + "1/24", "dev", bridge.Name);
            await Tool.SucceedsAsync("ip", "link", "set", bridge.Name, "up");
            return bridge;
        }

        throw new InvalidOperationException("No subnet is free for a bridge.");
    }

    public async ValueTask DisposeAsync() => await Tool.SucceedsAsync("ip", "link", "del", Name);
}
