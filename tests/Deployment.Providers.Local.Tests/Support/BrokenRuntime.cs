using Deployment.Providers.Local.Hosting;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>Until it is disposed of nothing that a supervisor starts from its copy comes up: the runtime isn't there.</summary>
internal sealed class BrokenRuntime : IDisposable
{
    private readonly string _file;
    private readonly string _right;

    public BrokenRuntime(StateFolder folder)
    {
        _file = Directory.GetFiles(folder.Hosts, "*.runtimeconfig.json", SearchOption.AllDirectories)[0];
        _right = File.ReadAllText(_file);
        File.WriteAllText(_file, """{"runtimeOptions":{"framework":{"name":"Microsoft.AspNetCore.App","version":"99.0.0"}}}""");
    }

    public void Dispose() => File.WriteAllText(_file, _right);
}
