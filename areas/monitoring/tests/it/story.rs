//! The verbs in which the tests tell their stories.

use catalog::server::seed_catalog;
use identity::{CreateTenant, server::create_tenant};
use kernel::{InstanceId, Language, PlanId, Role, TenantId};
use monitoring::{
    check::Status,
    server::{self, Reach, UptimeDriver, prober::Prober},
    view::CheckView,
};
use platform::{Cx, testing::Hub};
use provisioning::{
    commands::OrderInstance,
    server::{Drivers, OrderError, driver::Driver, jobs::RunOperation},
};
use serde_json::Value;
use std::{sync::Arc, time::Duration};

pub struct Story {
    pub hub: Hub,
    pub tenant: TenantId,
    pub drivers: Drivers,
    pub prober: Prober,
}

impl Story {
    pub async fn begin() -> Self {
        Self::begin_in("UTC").await
    }

    /// With an organisation in that time zone.
    pub async fn begin_in(zone: &str) -> Self {
        let hub = Hub::start().await;
        seed_catalog(&hub.system(None)).await.expect("the catalog is seeded");
        let tenant = new_tenant(&hub, "acme", zone).await;
        let drivers = Drivers::new([Arc::new(UptimeDriver::new(hub.platform.clone())) as Arc<dyn Driver>]);
        Self { hub, tenant, drivers, prober: Prober::new(Reach::Everything) }
    }

    pub fn cx(&self) -> Cx {
        self.hub.cx(self.tenant, Role::Owner)
    }

    pub async fn plan(&self, code: &str) -> PlanId {
        let offering = catalog::server::public_offering(&self.hub.nobody(), "uptime-monitoring").await.expect("readable").expect("seeded");
        offering.plans.iter().find(|card| card.plan.terms.code == code).expect("the plan is seeded").plan.id
    }

    pub async fn orders(&self, checks: Value) -> InstanceId {
        let id = self.tries_to_order(checks).await.expect("the order is taken");
        self.works().await;
        id
    }

    pub async fn tries_to_order(&self, checks: Value) -> Result<InstanceId, OrderError> {
        let order = OrderInstance { id: None, plan: self.plan("scale").await, name: "Watch".into(), configuration: serde_json::json!({ "checks": checks }) };
        Ok(provisioning::server::order_instance(&self.cx(), order).await?.instance.id)
    }

    pub async fn works(&self) {
        for _ in 0..20 {
            let jobs = self.hub.jobs("run_operation").await;
            if jobs.is_empty() {
                return;
            }
            for job in jobs {
                let job: RunOperation = serde_json::from_value(job).expect("a job");
                provisioning::server::jobs::handle_run_operation(&self.hub.system(None), &self.drivers, job).await.expect("it runs");
            }
        }
        panic!("the queue does not come to rest");
    }

    /// Lets time pass, then probes what is due.
    pub async fn probes_after(&self, seconds: f64) -> usize {
        self.hub.clock().set(self.hub.clock().now().plus(Duration::from_secs_f64(seconds)));
        self.prober.probe_due(&self.hub.system(None)).await.expect("it probes")
    }

    pub async fn checks(&self) -> Vec<CheckView> {
        server::overview(&self.cx()).await.expect("readable").checks
    }

    pub async fn check(&self, name: &str) -> CheckView {
        self.checks().await.into_iter().find(|check| check.name == name).expect("it is watched")
    }

    pub async fn status(&self, name: &str) -> Status {
        self.check(name).await.status
    }

    /// Subjects of the mails that wait to be sent.
    pub async fn mails(&self) -> Vec<String> {
        let sent = platform::mail::mailbox(&self.cx()).await.expect("readable");
        let mut subjects: Vec<String> = sent.into_iter().map(|mail| mail.subject).filter(|subject| subject.contains(" is ")).collect();
        subjects.reverse();
        subjects
    }
}

pub async fn new_tenant(hub: &Hub, slug: &str, zone: &str) -> TenantId {
    let command = CreateTenant {
        slug: slug.into(),
        name: slug.into(),
        owner_email: format!("{slug}@owners.test"),
        owner_name: String::new(),
        owner_password: None,
        language: Language::En,
        currency: String::new(),
        time_zone: zone.into(),
        tier: "STARTER".into(),
    };
    create_tenant(&hub.system(None), command).await.expect("a tenant").tenant
}
