using Deployment.Tests;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>The application of the images, compiled once.</summary>
internal static class ShopProgram
{
    private static readonly Lazy<Task<string>> _program = new(CompileOnceAsync);

    /// <summary>A program without libraries, which runs in an image without anything.</summary>
    public static Task<string> CompileAsync() => _program.Value;

    private static async Task<string> CompileOnceAsync()
    {
        string compiler = RealComponent.Require("gcc");
        if (!File.Exists("/usr/include/stdlib.h"))
        {
            Assert.Ignore("Missing component: libc6-dev. ./eng/test.sh installs what the tests need, if it may.");
        }

        string[] sources = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Support", "App"), "*.c");
        string program = Path.Combine(AppContext.BaseDirectory, "Support", "App", $"shop-{Guid.NewGuid():n}");
        await Tool.SucceedsAsync(compiler, ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-static", "-s", "-O2", "-pthread", "-o", program, .. sources]);
        string final = Path.Combine(AppContext.BaseDirectory, "Support", "App", "shop");
        File.Move(program, final, overwrite: true);
        return final;
    }
}
