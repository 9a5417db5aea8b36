using System.Globalization;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>Tells whoever watches the run how far an upload is, each time another tenth of it is done.</summary>
internal sealed class ReportedProgress(EffectContext context) : IProgress<SiteProgress>
{
    private int _told;

    public void Report(SiteProgress value)
    {
        int tenth = value.AllFiles == 0 ? 10 : (int)(10L * value.Files / value.AllFiles);
        if (Interlocked.Exchange(ref _told, tenth) != tenth)
        {
            context.Report(string.Create(CultureInfo.InvariantCulture, $"{value.Files:N0} of {value.AllFiles:N0} files, {value.Bytes / 1024.0 / 1024.0:N1} of {value.AllBytes / 1024.0 / 1024.0:N1} MiB."));
        }
    }
}
