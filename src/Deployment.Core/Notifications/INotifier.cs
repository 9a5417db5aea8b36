namespace Deployment.Notifications;

/// <summary>Tells a person something: by mail, chat or pager. It is given by the host.</summary>
public interface INotifier
{
    /// <summary>Delivers a notice. What it throws is journaled and changes nothing about the run; it has 30 s.</summary>
    Task NotifyAsync(Notice notice, CancellationToken cancellationToken);
}
