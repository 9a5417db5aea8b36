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
        for (int attempt = 0; attempt < 100; attempt++)
        {
            // What is kept for measurements between networks: no real network has it, and no other Docker takes it.
            string subnet = $"198.{Random.Shared.Next(18, 20)}.{Random.Shared.Next(0, 256)}.";
            var bridge = new Bridge($"dt{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()[..5])}", subnet + "0/24");
            CommandResult made = await Tool.RunAsync(Command.Of("ip", "link", "add", bridge.Name, "type", "bridge"));
            if (made.ExitCode != 0)
            {
                Assert.Ignore($"Missing component: the right to add a network bridge, which takes root. {made.Error}");
            }

            await Tool.SucceedsAsync("ip", "addr", "add", subnet + "1/24", "dev", bridge.Name);
            if ((await Tool.SucceedsAsync("ip", "-4", "addr")).Split(subnet + "1/24").Length > 2)
            {
                // Somebody else has it, or took it at the same time.
                await bridge.DisposeAsync();
                continue;
            }

            await Tool.SucceedsAsync("ip", "link", "set", bridge.Name, "up");
            return bridge;
        }

        throw new InvalidOperationException("No subnet is free for a bridge.");
    }

    public async ValueTask DisposeAsync() => await Tool.SucceedsAsync("ip", "link", "del", Name);
}
